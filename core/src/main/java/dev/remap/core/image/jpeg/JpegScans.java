package dev.remap.core.image.jpeg;

import dev.remap.core.image.ImageException;
import dev.remap.core.image.RgbImage;
import dev.remap.core.image.jpeg.JpegFrame.Component;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Follows every Huffman code of a JPEG to tell whether all of its pixels are there, and makes them
 * on the way where the file is a plain one and wanted at a reduced size. A decoder paints what is
 * missing in the last colour it saw and reports nothing; but data that was cut out or overwritten
 * hardly ever leaves each scan with just the codes it needs.
 *
 * <p>The pixels decide, and nothing else. Once every coefficient has come, the rest of the file
 * does not matter, nor whether there is an end marker; before, a progressive picture that ends
 * between two scans is a coarser one and refused. Bytes between the last code of a scan and the
 * next marker are passed over, as decoders do, unless they are codes of more blocks ({@link
 * JpegLeftover}): then blocks before them were lost.
 */
public final class JpegScans {
  /** Encoders write about ten; each one costs a pass over the whole picture. */
  private static final int MOST_SCANS = 100;

  /** So few bytes behind a scan are nothing that a picture lost. */
  private static final int MOST_BYTES_LEFT = 16;

  private static final byte[] END = {(byte) 0xff, (byte) JpegMarkers.END_OF_IMAGE};

  /** Bytes that are passed over: from the first one up to the marker that follows. */
  private record Gap(int from, int to) {}

  /**
   * A file that has all pixels.
   *
   * @param file without bytes that are no codes, and ended by an end marker. A decoder would pass
   *     over the one and do without the other, but complain on the process's standard error.
   * @param pixels as stored, at the reduced size; nothing where a decoder has to make them
   */
  @SuppressWarnings("ArrayRecordComponent") // Never compared or hashed as a record.
  public record Whole(byte[] file, Optional<RgbImage> pixels) {}

  private final byte[] file;
  private final int reduction;
  private final JpegMarkers markers;
  private final JpegBits bits;
  private final HuffmanTable[] dcTables = Arrays.copyOf(StandardHuffmanTables.DC, 16);
  private final HuffmanTable[] acTables = Arrays.copyOf(StandardHuffmanTables.AC, 16);
  private final List<JpegBlocks> channels = new ArrayList<>();
  private final List<Gap> gaps = new ArrayList<>();
  private final PlainJpeg plain = new PlainJpeg();
  private Optional<ReducedPicture> picture = Optional.empty();
  private JpegFrame frame;
  private int restartInterval;
  private int scans;
  private boolean bytesLeft;

  private JpegScans(byte[] file, int reduction) {
    this.file = file;
    this.reduction = reduction;
    this.markers = new JpegMarkers(file);
    this.bits = new JpegBits(file);
  }

  /**
   * Whether all pixels are there, and those of a plain file.
   *
   * @param reduction 8 for pixels at 1/8 of the size; with less there are none
   * @throws ImageException if pixels are missing, or a scan does not hold the codes of its blocks
   */
  public static Whole follow(byte[] file, int reduction) throws ImageException {
    JpegScans scans = new JpegScans(file, reduction);
    byte[] verified = scans.verified();
    return new Whole(verified, scans.picture.map(ReducedPicture::rgb));
  }

  /** The file of {@link Whole}. */
  static byte[] verifiedPixels(byte[] file) throws ImageException {
    return new JpegScans(file, 1).verified();
  }

  private byte[] verified() throws ImageException {
    while (!isComplete()) {
      int marker = markers.next();
      plain.see(marker, markers);
      if (marker == JpegMarkers.END_OF_IMAGE) {
        checkChannels();
        return ended(markers.end() - END.length);
      }
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
    return ended(markers.end());
  }

  private boolean isComplete() {
    return frame != null && channels.stream().allMatch(JpegBlocks::complete);
  }

  /** An encoder may leave out the last bits; but then nothing else may be wrong. */
  private void checkChannels() throws ImageException {
    for (JpegBlocks channel : channels) {
      if (!channel.seen()) {
        throw new ImageException("JPEG is damaged: a colour channel without a scan");
      }
      boolean flawed = bytesLeft || markers.passedOver() || !channel.successive();
      if (frame.progressive() && flawed) {
        throw new ImageException("JPEG is damaged: a scan is missing or lacks its end");
      }
    }
  }

  /** The file as far as {@code at}, where the end marker is or should be. */
  private byte[] ended(int at) {
    boolean ends =
        Arrays.equals(file, at, Math.min(file.length, at + END.length), END, 0, END.length);
    if (ends && gaps.isEmpty()) {
      return file;
    }
    ByteBuffer whole = ByteBuffer.allocate(at + END.length);
    int from = 0;
    for (Gap gap : gaps) {
      whole.put(file, from, gap.from - from);
      from = gap.to;
    }
    whole.put(file, from, at - from).put(END);
    return Arrays.copyOf(whole.array(), whole.position());
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
          markers.u8(3 + 2 * count));
      scanned.add(channel);
    }
    if (!scanned.stream().allMatch(JpegBlocks::hasTables)) {
      throw damaged("a Huffman table is named that is not there");
    }
    if (scans == 1 && scanned.equals(channels)) {
      makePixels();
    }
    verifyIntervals(scanned);
  }

  private void makePixels() {
    if (!frame.progressive() && channels.stream().allMatch(JpegBlocks::hasTablesWithinRules)) {
      picture = plain.picture(frame, markers, reduction);
    }
    for (int i = 0; picture.isPresent() && i < channels.size(); i++) {
      channels.get(i).fill(picture.get().plane(i));
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
    JpegBlocks[] unit = unit(scanned);
    for (int first = 0, restart = 0; first < mcus; first += interval, restart++) {
      at = bits.fill(first == 0 ? at : afterRestart(at, (restart - 1) & 7));
      int last = Math.min(mcus, first + interval);
      for (JpegBlocks channel : scanned) {
        channel.startInterval();
      }
      if (last - first < mcus || !foundAtOnce(unit, mcus)) {
        for (int mcu = first; mcu < last; mcu++) {
          verifyMcu(unit, mcu, mcus, at);
        }
      }
      long left = bits.left();
      bytesLeft |= left > MOST_BYTES_LEFT;
      if (left > 0) {
        gaps.add(new Gap(bits.fileEnd(), at));
      }
      if (left > MOST_BYTES_LEFT && new JpegLeftover(bits, scanned).isCodes()) {
        throw damaged(left + " bytes left over after " + last + " of " + mcus + " units");
      }
    }
    markers.continueAt(at);
  }

  /** Whether all blocks of a scan of one interval were found, and their samples made. */
  private boolean foundAtOnce(JpegBlocks[] unit, int mcus) {
    if (frame.progressive()) {
      return false;
    }
    Optional<int[]> found = BlockStarts.find(bits, unit, mcus * unit.length);
    if (found.isEmpty()) {
      return false;
    }
    int[] starts = found.get();
    int blocks = starts.length - 1;
    if (picture.isPresent()) {
      int place = 0;
      for (JpegBlocks channel : channels) {
        int places = channels.size() == 1 ? 1 : channel.blocksInMcu();
        channel.makeSamples(starts, place, places, unit.length);
        place += places;
      }
    }
    bits.position(starts[blocks]);
    return true;
  }

  /** For each block of a unit its channel. */
  private static JpegBlocks[] unit(List<JpegBlocks> scanned) {
    return scanned.stream()
        .flatMap(
            channel ->
                Stream.generate(() -> channel)
                    .limit(scanned.size() == 1 ? 1 : channel.blocksInMcu()))
        .toArray(JpegBlocks[]::new);
  }

  private void verifyMcu(JpegBlocks[] unit, int mcu, int mcus, int end) throws ImageException {
    for (JpegBlocks channel : unit) {
      if (!channel.stepOver(mcu) || bits.exhausted()) {
        String what = bits.exhausted() ? "no data" : "no valid code";
        String where = what + " after " + mcu + " of " + mcus + " units";
        throw bits.exhausted() && end == file.length ? cutShort(where) : damaged(where);
      }
    }
  }

  private int afterRestart(int marker, int number) throws ImageException {
    int at = marker;
    while (at < file.length && file[at] == (byte) 0xff) {
      at++;
    }
    if (at == file.length) {
      throw cutShort("restart " + number + " missing");
    }
    if (Byte.toUnsignedInt(file[at]) != JpegMarkers.FIRST_RESTART + number) {
      throw damaged("restart " + number + " missing at byte " + marker);
    }
    return at + 1;
  }

  private ImageException damaged(String what) {
    return new ImageException("JPEG is damaged: in scan " + scans + " " + what);
  }

  private ImageException cutShort(String what) {
    return new ImageException("JPEG is cut short: in scan " + scans + " " + what);
  }
}
