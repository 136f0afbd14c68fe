package org.ketloom.api.model;

import java.util.Locale;
import org.ketloom.api.data.DatasetProvider;
import org.ketloom.api.part.Ansatz;
import org.ketloom.api.part.Encoding;
import org.ketloom.api.part.ObservableHead;
import org.ketloom.api.part.Part;

/** The kinds of parts that a Blueprint can name, with the service type of each. */
public enum PartKind {
  /** {@link Encoding}. */
  ENCODING(Encoding.class),
  /** {@link Ansatz}. */
  ANSATZ(Ansatz.class),
  /** {@link ObservableHead}. */
  OBSERVABLE(ObservableHead.class),
  /** {@link GenerativeModelFactory}. */
  MODEL(GenerativeModelFactory.class),
  /** {@link DatasetProvider}. */
  DATASET(DatasetProvider.class);

  private final Class<? extends Part> type;

  PartKind(Class<? extends Part> type) {
    this.type = type;
  }

  /** The service type of this kind. */
  public Class<? extends Part> type() {
    return type;
  }

  /** The kind as people write it: lower case. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
