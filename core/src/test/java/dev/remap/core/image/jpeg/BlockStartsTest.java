package dev.remap.core.image.jpeg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remap.core.image.ImageException;
import dev.remap.core.image.decode.ImageDecoder;
import dev.remap.core.image.decode.Images;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.opencv.imgcodecs.Imgcodecs;

/** Three walks over a scan at once, held against one that steps over its blocks in order. */
class BlockStartsTest {

  static List<Integer> samplings() {
    return JpegPixelsTest.samplings().toList();
  }

  /** A file's only scan, with tables. */
  private static final class Scan {
    private final JpegBits bits;
    private final JpegBlocks[] unit;
    private final int blocks;

    Scan(byte[] file) throws ImageException {
      bits = new JpegBits(file);
      HuffmanTable[] tables = new HuffmanTable[32];
      JpegMarkers markers = new JpegMarkers(file);
      JpegFrame frame = null;
      int marker = markers.next();
      for (; marker != JpegMarkers.START_OF_SCAN; marker = markers.next()) {
        if (JpegMarkers.startsFrame(marker)) {
          frame = JpegFrame.read(marker, markers);
        } else if (marker == JpegMarkers.HUFFMAN_TABLES) {
          for (int at = 0; markers.data() + at < markers.end(); ) {
            HuffmanTable table = new HuffmanTable(markers, at + 1);
            tables[markers.u8(at)] = table;
            at += 1 + table.bytes();
          }
        }
      }
      int channels = frame.components().size();
      List<JpegBlocks> places = new ArrayList<>();
      for (int i = 0; i < channels; i++) {
        JpegBlocks channel = new JpegBlocks(frame, frame.components().get(i), bits);
        int used = markers.u8(2 + 2 * i);
        channel.startScan(tables[used >> 4], tables[16 + (used & 15)], channels, 0, 63, 0);
        for (int k = 0; k < (channels == 1 ? 1 : channel.blocksInMcu()); k++) {
          places.add(channel);
        }
      }
      unit = places.toArray(JpegBlocks[]::new);
      blocks = channels == 1 ? unit[0].blocks() : frame.mcusWide() * frame.mcusHigh() * unit.length;
      bits.fill(markers.end());
    }

    /** Of each block its first bit and the bit behind the last; nothing if it is not whole. */
    Optional<int[]> oneByOne() {
      int[] starts = new int[blocks + 1];
      bits.position(0);
      for (int block = 0; block < blocks; block++) {
        starts[block] = (int) bits.position();
        if (!unit[block % unit.length].stepOver(block) || bits.exhausted()) {
          return Optional.empty();
        }
      }
      starts[blocks] = (int) bits.position();
      return Optional.of(starts);
    }

    Optional<int[]> atOnce() {
      return BlockStarts.find(bits, unit, blocks);
    }
  }

  private static byte[] large(Random random, int sampling, int... more) {
    int[] options = Arrays.copyOf(new int[] {Imgcodecs.IMWRITE_JPEG_QUALITY, 93}, 2 + more.length);
    System.arraycopy(more, 0, options, 2, more.length);
    byte[] file = {};
    while (file.length < 3 * BlockStarts.LEAST_BYTES / 2) {
      int width = 700 + random.nextInt(200);
      file = JpegPixelsTest.jpeg(random, sampling, width, 500 + random.nextInt(200), options);
    }
    return file;
  }

  @ParameterizedTest
  @MethodSource("samplings")
  void blocksBeginWhereOneWalkFindsThem(int sampling) throws ImageException {
    Random random = new Random(sampling + 11);
    for (int optimised = 0; optimised < 2; optimised++) {
      byte[] file = large(random, sampling, Imgcodecs.IMWRITE_JPEG_OPTIMIZE, optimised);
      Scan scan = new Scan(file);

      assertThat(scan.atOnce())
          .hasValueSatisfying(
              starts -> assertThat(starts).isEqualTo(scan.oneByOne().orElseThrow()));
    }
  }

  @ParameterizedTest
  @MethodSource("samplings")
  void damagedScansAreFoundAsOneWalkFindsThemOrNotAtAll(int sampling) throws ImageException {
    Random random = new Random(sampling + 12);
    byte[] file = large(random, sampling);
    int from = JpegPixelsTest.scanData(file);
    int whole = 0;
    int found = 0;
    for (int round = 0; round < 60; round++) {
      byte[] damaged = file.clone();
      int flips = 1 + random.nextInt(3);
      for (int i = 0; i < flips; i++) {
        // Half of them near the end, where walks are over.
        int length = file.length - 2 - from;
        int at = round % 2 == 0 ? random.nextInt(length) : length - 1 - random.nextInt(40);
        damaged[from + at] = (byte) random.nextInt(255);
      }
      if (round % 3 == 0) {
        damaged = Arrays.copyOf(damaged, file.length - random.nextInt(3000));
      }
      Scan scan = new Scan(damaged);
      Optional<int[]> expected = scan.oneByOne();
      Optional<int[]> starts = scan.atOnce();
      whole += expected.isPresent() ? 1 : 0;
      if (starts.isPresent()) {
        assertThat(expected).as("round %d", round).isPresent();
        assertThat(starts.get()).as("round %d", round).isEqualTo(expected.get());
        found++;
      }
    }
    assertThat(found).isPositive().isGreaterThan(whole / 2);
  }

  /** Also of few different bytes, of which some tables have no code, or only short ones. */
  @ParameterizedTest
  @MethodSource("samplings")
  void nonsenseIsNoScan(int sampling) throws ImageException {
    Random random = new Random(sampling + 13);
    byte[] file = large(random, sampling);
    int from = JpegPixelsTest.scanData(file);
    for (int round = 0; round < 20; round++) {
      byte[] noise = new byte[file.length - from];
      random.nextBytes(noise);
      int few = random.nextInt(4);
      for (int i = 0; i < noise.length; i++) {
        byte drawn = few == 0 ? noise[i] : (byte) (noise[i] * few % 7 * 37);
        file[from + i] = drawn == -1 ? 0 : drawn;
      }
      Scan scan = new Scan(file);
      Optional<int[]> starts = scan.atOnce();
      if (starts.isPresent()) {
        assertThat(starts.get()).isEqualTo(scan.oneByOne().orElseThrow());
      }
    }
  }

  @Test
  void aLargeScanOfNoChannelsIsRefused() {
    byte[] file = large(new Random(14), 0);
    int header = Images.find(file, "\u00ff\u00da");
    byte[] none = {-1, (byte) 0xda, 0, 6, 0, 0, 63, 0};
    int data = JpegPixelsTest.scanData(file);
    byte[] damaged = Images.inserted(Images.without(file, header, data - header), header, none);

    assertThatThrownBy(() -> new ImageDecoder(Images.LIMITS).decode(damaged, Images.TINY))
        .isInstanceOf(ImageException.class);
  }
}
