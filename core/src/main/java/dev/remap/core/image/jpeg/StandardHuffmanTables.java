package dev.remap.core.image.jpeg;

import dev.remap.core.image.ImageException;
import java.nio.ByteBuffer;
import javax.imageio.plugins.jpeg.JPEGHuffmanTable;

/**
 * The tables of ITU-T T.81, annex K.3, which decoders take where a file brings none: Motion JPEG
 * leaves them out of its frames.
 */
final class StandardHuffmanTables {
  static final HuffmanTable[] DC = {
    table(JPEGHuffmanTable.StdDCLuminance), table(JPEGHuffmanTable.StdDCChrominance)
  };

  static final HuffmanTable[] AC = {
    table(JPEGHuffmanTable.StdACLuminance), table(JPEGHuffmanTable.StdACChrominance)
  };

  private StandardHuffmanTables() {}

  private static HuffmanTable table(JPEGHuffmanTable standard) {
    short[] counts = standard.getLengths();
    short[] symbols = standard.getValues();
    int length = 2 + counts.length + symbols.length;
    ByteBuffer file = ByteBuffer.allocate(4 + length);
    file.putShort((short) (0xff00 | JpegMarkers.START_OF_IMAGE));
    file.putShort((short) (0xff00 | JpegMarkers.HUFFMAN_TABLES));
    file.putShort((short) length);
    for (short count : counts) {
      file.put((byte) count);
    }
    for (short symbol : symbols) {
      file.put((byte) symbol);
    }
    JpegMarkers markers = new JpegMarkers(file.array());
    try {
      markers.next();
      return new HuffmanTable(markers, 0);
    } catch (ImageException e) {
      throw new IllegalStateException(e);
    }
  }
}
