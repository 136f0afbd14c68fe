package org.ketloom.data.internal;

import java.io.IOException;
import java.util.List;

/** Images with labels as they lie in files; read by several threads at a time. */
interface LabelledImages {

  /** Name of the file or folder, for messages. */
  String source();

  /** Names of the classes. */
  List<String> classes();

  /** The class of every image; not to be changed. */
  int[] labels();

  /** Name of an image, for messages. */
  String name(int place);

  /**
   * Reads an image.
   *
   * @throws IOException naming the image that can't be read
   */
  Picture read(int place) throws IOException;
}
