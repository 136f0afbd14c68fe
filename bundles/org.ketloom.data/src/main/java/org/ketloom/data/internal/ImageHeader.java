package org.ketloom.data.internal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32;

/**
 * What the JVM's decoders pass over in PNG and JPEG files.
 *
 * @param channels number of channels of a JPEG; 0 if it isn't known
 * @param transparent the sample that is transparent in a grey PNG; -1 if there is none
 * @param chunk where that is said in the file; -1 if there is none
 * @param orientation where the first row and column are to be seen, 1 to 8 (CIPA DC-008, "Exif
 *     2.32", tag 274); 1 for as they are
 */
record ImageHeader(int channels, int transparent, int chunk, int orientation) {
  private static final ImageHeader NOTHING = new ImageHeader(0, -1, -1, 1);

  private static final long PNG = 0x89504E470D0A1A0AL;
  private static final int IHDR = 0x49484452;
  private static final int TRNS = 0x74524E53;
  private static final int EXIF = 0x65584966;
  private static final int IEND = 0x49454E44;

  private static final int JPEG = 0xFFD8;
  private static final int START_OF_SCAN = 0xDA;
  private static final int END_OF_IMAGE = 0xD9;
  private static final int APP1 = 0xE1;
  private static final byte[] APP1_EXIF = {'E', 'x', 'i', 'f', 0, 0};

  private static final int ORIENTATION = 274;
  private static final int SHORT = 3;

  /**
   * The header of a file.
   *
   * @throws IOException if it is a PNG that is cut off, or one of whose checksums is wrong: its
   *     decoder passes over what is lost
   */
  static ImageHeader of(byte[] file) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(file);
    if (bytes.limit() >= 8 && bytes.getLong(0) == PNG) {
      return png(bytes.position(8));
    }
    return bytes.limit() >= 2 && (bytes.getShort(0) & 0xFFFF) == JPEG
        ? jpeg(bytes.position(2))
        : NOTHING;
  }

  /** The file without its transparent level, which decoders apply to some depths alone. */
  byte[] opaque(byte[] file) {
    if (chunk < 0) {
      return file;
    }
    int end = chunk + 12 + ByteBuffer.wrap(file).getInt(chunk);
    return ByteBuffer.allocate(file.length - (end - chunk))
        .put(file, 0, chunk)
        .put(file, end, file.length - end)
        .array();
  }

  private static ImageHeader png(ByteBuffer bytes) throws IOException {
    CRC32 crc = new CRC32();
    boolean grey = false;
    int transparent = -1;
    int chunk = -1;
    int orientation = 1;
    for (int type = 0; type != IEND; ) {
      int length = bytes.remaining() < 12 ? -1 : bytes.getInt();
      if (length < 0 || length > bytes.remaining() - 8) {
        throw new IOException("it is truncated");
      }
      crc.reset();
      crc.update(bytes.slice(bytes.position(), length + 4));
      type = bytes.getInt();
      ByteBuffer data = bytes.slice(bytes.position(), length);
      bytes.position(bytes.position() + length);
      if (bytes.getInt() != (int) crc.getValue()) {
        throw new IOException("it is damaged: a checksum in it is wrong");
      }
      switch (type) {
        case IHDR -> grey = length >= 10 && data.get(9) == 0;
        case TRNS -> {
          if (grey && length >= 2) {
            transparent = data.getShort(0) & 0xFFFF;
            chunk = bytes.position() - length - 12;
          }
        }
        case EXIF -> orientation = orientation(data);
        default -> {}
      }
    }
    return new ImageHeader(0, transparent, chunk, orientation);
  }

  /**
   * The segments up to the first scan (ITU-T T.81, B.1.1); what is wrong is left to the decoder.
   */
  private static ImageHeader jpeg(ByteBuffer bytes) {
    int channels = 0;
    int orientation = 1;
    while (bytes.remaining() >= 4 && (bytes.get() & 0xFF) == 0xFF) {
      int marker = bytes.get() & 0xFF;
      if (marker == 0xFF) {
        // A marker may be filled up in front.
        bytes.position(bytes.position() - 1);
        continue;
      }
      if (marker == START_OF_SCAN || marker == END_OF_IMAGE) {
        break;
      }
      int length = (bytes.getShort() & 0xFFFF) - 2;
      if (length < 0 || length > bytes.remaining()) {
        break;
      }
      ByteBuffer data = bytes.slice(bytes.position(), length);
      bytes.position(bytes.position() + length);
      if (isFrame(marker) && length >= 6) {
        channels = data.get(5) & 0xFF;
      } else if (marker == APP1
          && length > APP1_EXIF.length
          && data.slice(0, APP1_EXIF.length).equals(ByteBuffer.wrap(APP1_EXIF))) {
        orientation = orientation(data.slice(APP1_EXIF.length, length - APP1_EXIF.length));
      }
    }
    return new ImageHeader(channels, -1, -1, orientation);
  }

  /** Whether a segment begins a frame: C0 to CF but for tables and the like. */
  private static boolean isFrame(int marker) {
    return marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
  }

  /** The orientation of an EXIF block, which is a TIFF file; 1 if it tells none. */
  private static int orientation(ByteBuffer tiff) {
    if (tiff.limit() < 8) {
      return 1;
    }
    int order = tiff.getShort(0);
    if (order != 0x4949 && order != 0x4D4D) {
      return 1;
    }
    tiff.order(order == 0x4949 ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
    long first = tiff.getInt(4) & 0xFFFFFFFFL;
    if (tiff.getShort(2) != 42 || first > tiff.limit() - 2) {
      return 1;
    }
    int entries = tiff.getShort((int) first) & 0xFFFF;
    for (int i = 0; i < entries; i++) {
      long at = first + 2 + 12L * i;
      if (at > tiff.limit() - 12) {
        break;
      }
      int entry = (int) at;
      if ((tiff.getShort(entry) & 0xFFFF) == ORIENTATION && tiff.getShort(entry + 2) == SHORT) {
        int value = tiff.getShort(entry + 8);
        return value >= 1 && value <= 8 ? value : 1;
      }
    }
    return 1;
  }
}
