package dev.remap.core.image;

import dev.remap.core.image.JpegFrame.Component;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads a JPEG from its first marker to its last and follows every Huffman code in between, without
 * computing a pixel, to tell whether the file is whole. A decoder paints what is missing in the
 * last colour it saw and reports nothing; but data that was cut out or overwritten hardly ever
 * leaves each scan with just the codes it needs.
 */
final class JpegScans {
  /** Encoders write about ten; each one costs a pass over the whole picture. */
  private static final int MOST_SCANS = 100;

  /** What some encoders leave behind a scan; decoders pass over it. */
  private static final int MOST_BYTES_LEFT = 16;

  private final byte[] file;
  private final JpegMarkers markers;
  private final JpegBits bits;
  private final HuffmanTable[] dcTables = new HuffmanTable[16];
  private final HuffmanTable[] acTables = new HuffmanTable[16];
  private final List<JpegBlocks> channels = new ArrayList<>();
  private JpegFrame frame;
  private int restartInterval;
  private int scans;

  private JpegScans(byte[] file) {
    this.file = file;
    this.markers = new JpegMarkers(file);
    this.bits = new JpegBits(file);
  }

  /**
   * @throws ImageException if the file ends early, or a scan does not hold the codes of its blocks
   */
  static void verify(byte[] file) throws ImageException {
    new JpegScans(file).verify();
  }

  private void verify() throws ImageException {
    int marker = markers.next();
    for (; marker != JpegMarkers.END_OF_IMAGE; marker = markers.next()) {
      if (JpegMarkers.startsFrame(marker)) {
        startFrame(marker);
      }
      switch (marker) {
        case JpegMarkers.HUFFMAN_TABLES -> readTables();
        case JpegMarkers.RESTART_INTERVAL -> restartInterval = markers.number(0);
        case JpegMarkers.START_OF_SCAN -> verifyScan();
        default -> {
          // Nothing that places codes.
        }
      }
    }
    for (JpegBlocks channel : channels) {
      if (!channel.seen()) {
        throw new ImageException("JPEG is damaged: a colour channel without a scan");
      }
    }
  }

  private void startFrame(int marker) throws ImageException {
    if (frame != null) {
      throw new ImageException("JPEG is damaged: a second frame header");
    }
    frame = JpegFrame.read(marker, markers);
    for (Component component : frame.components()) {
      channels.add(new JpegBlocks(frame, component, bits));
    }
  }

  private void readTables() throws ImageException {
    int at = 0;
    while (markers.data() + at < markers.end()) {
      int destination = markers.u8(at);
      HuffmanTable table = new HuffmanTable(markers, at + 1);
      (destination < 16 ? dcTables : acTables)[destination & 15] = table;
      at += 1 + table.bytes();
    }
  }

  private void verifyScan() throws ImageException {
    if (++scans > MOST_SCANS) {
      throw new ImageException("JPEG has more than " + MOST_SCANS + " scans");
    }
    int count = markers.u8(0);
    List<JpegBlocks> scanned = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      JpegBlocks channel = channel(markers.u8(1 + 2 * i));
      int tables = markers.u8(2 + 2 * i);
      channel.startScan(
          dcTables[tables >> 4],
          acTables[tables & 15],
          count,
          markers.u8(1 + 2 * count),
          markers.u8(2 + 2 * count),
          markers.u8(3 + 2 * count) >> 4);
      scanned.add(channel);
    }
    // Motion JPEG leaves out the standard tables: its codes are left to the decoder.
    if (scanned.stream().allMatch(JpegBlocks::hasTables)) {
      verifyIntervals(scanned);
    }
  }

  private JpegBlocks channel(int id) throws ImageException {
    for (JpegBlocks channel : channels) {
      if (channel.id() == id) {
        return channel;
      }
    }
    throw new ImageException("JPEG is damaged: a scan of the unknown colour channel " + id);
  }

  private void verifyIntervals(List<JpegBlocks> scanned) throws ImageException {
    JpegBlocks only = scanned.size() == 1 ? scanned.get(0) : null;
    int mcus = only == null ? frame.mcusWide() * frame.mcusHigh() : only.blocks();
    int interval = restartInterval == 0 ? mcus : restartInterval;
    int at = markers.end();
    for (int first = 0, restart = 0; first < mcus; first += interval, restart++) {
      at = bits.fill(first == 0 ? at : afterRestart(at, (restart - 1) & 7));
      int last = Math.min(mcus, first + interval);
      for (JpegBlocks channel : scanned) {
        channel.startInterval();
      }
      for (int mcu = first; mcu < last; mcu++) {
        verifyMcu(scanned, mcu, mcus);
      }
      if (bits.left() > MOST_BYTES_LEFT) {
        throw damaged(bits.left() + " bytes left over after " + last + " of " + mcus + " units");
      }
    }
    markers.continueAt(at);
  }

  private void verifyMcu(List<JpegBlocks> scanned, int mcu, int mcus) throws ImageException {
    for (int i = 0; i < scanned.size(); i++) {
      JpegBlocks channel = scanned.get(i);
      int blocks = scanned.size() == 1 ? 1 : channel.blocksInMcu();
      for (int block = 0; block < blocks; block++) {
        if (!channel.stepOver(mcu) || bits.exhausted()) {
          throw damaged(
              (bits.exhausted() ? "no data" : "no valid code")
                  + " after "
                  + mcu
                  + " of "
                  + mcus
                  + " units");
        }
      }
    }
  }

  private int afterRestart(int marker, int number) throws ImageException {
    int at = marker;
    while (file[at] == (byte) 0xff && at + 1 < file.length) {
      at++;
    }
    if (Byte.toUnsignedInt(file[at]) != JpegMarkers.FIRST_RESTART + number) {
      throw damaged("restart " + number + " missing at byte " + marker);
    }
    return at + 1;
  }

  private ImageException damaged(String what) {
    return new ImageException("JPEG is damaged: in scan " + scans + " " + what);
  }
}
