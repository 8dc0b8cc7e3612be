package dev.remap.jobs.demo;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class QtResourceTest {
  private static final byte[] TEXT = "one two three ".repeat(1000).getBytes(UTF_8);

  /** Written by hand: version 1, root folder with the file "a" of the bytes 'hi'. */
  private static final String BY_HAND =
      "71726573 00000001 00000014 00000038 00000030"
          + "00000000 0002 00000001 00000001"
          + "00000000 0000 0000 0000 00000000"
          + "0001 00000061 0061"
          + "00000002 6869";

  @TempDir Path folder;

  @Test
  void readsAFileWrittenByHand() throws IOException {
    byte[] bytes = HexFormat.of().parseHex(BY_HAND.replace(" ", ""));

    QtResource resource = QtResource.of("by hand", bytes);

    assertThat(resource.paths()).containsExactly("a");
    assertThat(resource.bytes("a")).asString(UTF_8).isEqualTo("hi");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void readsStoredAndZlibFilesOfEveryVersion(int version) throws IOException {
    Path file = folder.resolve("test.rcc");
    Files.write(file, sample(version));

    QtResource resource = QtResource.open(file);

    assertThat(resource.paths()).containsExactly("a/b/été.webp", "a/empty", "z.txt");
    assertThat(resource.bytes("a/b/été.webp")).containsExactly(1, 2, 3);
    assertThat(resource.bytes("a/empty")).isEmpty();
    assertThat(resource.bytes("z.txt")).isEqualTo(TEXT);
  }

  @Test
  void saysThatZstdIsNotRead() throws IOException {
    byte[] bytes = new RccBuilder(3).file("a", TEXT, RccBuilder.ZSTD).build();

    QtResource resource = QtResource.of("test.rcc", bytes);

    assertThatThrownBy(() -> resource.bytes("a"))
        .isInstanceOf(IOException.class)
        .hasMessage("test.rcc: 'a' is packed with zstd; only zlib is read");
  }

  @Test
  void saysWhichFileIsMissing() throws IOException {
    QtResource resource = QtResource.of("test.rcc", sample(2));

    assertThatThrownBy(() -> resource.bytes("a/c"))
        .isInstanceOf(IOException.class)
        .hasMessage("test.rcc has no file 'a/c'");
  }

  @Test
  void refusesAnotherFormatVersion() {
    byte[] bytes = ByteBuffer.wrap(sample(3)).putInt(4, 4).array();

    assertDamaged(bytes, "has resource format 4; known are 1 to 3");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ".", "..", "a\\b", "a\u0000b", "a\nb"})
  void refusesNamesThatAreNoFileNames(String name) {
    assertDamaged(
        new RccBuilder(2).file("a/" + name, TEXT, RccBuilder.STORED).build(), "is no file name");
  }

  @Test
  void refusesANameWithASlash() {
    byte[] bytes = new RccBuilder(1).file("a#b", TEXT, RccBuilder.STORED).build();
    int at = new String(bytes, ISO_8859_1).indexOf('#');
    bytes[at] = '/';

    assertDamaged(bytes, "is no file name: 'a/b'");
  }

  @Test
  void refusesAPathThatIsTooLong() {
    String path = "abcdefgh/".repeat(QtResource.MAX_PATH_CHARS / 9) + "123456789";

    assertDamaged(
        new RccBuilder(2).file(path, TEXT, RccBuilder.STORED).build(),
        "a path has more than 512 characters");
  }

  @Test
  void refusesAFolderThatContainsItself() {
    byte[] bytes = new RccBuilder(1).file("a/b", TEXT, RccBuilder.STORED).build();
    int firstChildOfA = 20 + 14 + 10;
    assertThat(ByteBuffer.wrap(bytes).getInt(firstChildOfA)).isEqualTo(2);

    assertDamaged(
        ByteBuffer.wrap(bytes).putInt(firstChildOfA, 1).array(), "node 1 is in two folders");
    assertDamaged(
        ByteBuffer.wrap(bytes).putInt(firstChildOfA, 0).array(), "node 0 is in two folders");
  }

  @Test
  void refusesTwoFilesOfOnePath() {
    byte[] bytes =
        new RccBuilder(1)
            .file("a", TEXT, RccBuilder.STORED)
            .file("b", TEXT, RccBuilder.STORED)
            .build();
    int nameOfB = 20 + 2 * 14;
    ByteBuffer.wrap(bytes).putInt(nameOfB, ByteBuffer.wrap(bytes).getInt(20 + 14));

    assertDamaged(bytes, "two files 'a'");
  }

  @Test
  void refusesMoreNodesThanTheLimitBeforeVisitingThem() {
    byte[] bytes = new byte[20 + 14 * (QtResource.MAX_NODES + 2)];
    ByteBuffer.wrap(bytes).putInt(0x71726573).putInt(1).putInt(20).putInt(20).putInt(20);
    ByteBuffer.wrap(bytes).putShort(24, (short) 2).putInt(26, QtResource.MAX_NODES + 1);

    assertDamaged(bytes, "more than 65536 files and folders");
  }

  @Test
  void refusesAFileThatInflatesToMoreThanItAnnounces() throws IOException {
    byte[] packed = RccBuilder.compressed(TEXT);
    byte[] less = ByteBuffer.wrap(packed.clone()).putInt(0, TEXT.length - 1).array();
    byte[] huge = ByteBuffer.wrap(packed.clone()).putInt(0, -1).array();

    assertUnreadable(less, "announces 13999 bytes");
    assertUnreadable(huge, "announces 4294967295 bytes");
    assertUnreadable(Arrays.copyOf(packed, packed.length - 5), "announces 14000 bytes");
    assertUnreadable(new byte[] {0, 0, 0}, "too few to be inflated");
    assertUnreadable(new byte[] {0, 0, 0, 1, 'n', 'o'}, "does not inflate");
  }

  @Test
  void refusesAFileThatInflatesBeyondTheLimit() throws IOException {
    assertUnreadable(
        RccBuilder.compressed(new byte[QtResource.MAX_INFLATED_BYTES + 1]), "at most 67108864");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void refusesAFileCutAtAnyLength(int version) {
    byte[] bytes = sample(version);

    for (int length = 0; length < bytes.length; length++) {
      byte[] cut = Arrays.copyOf(bytes, length);
      assertThatThrownBy(() -> readAll(cut))
          .as("cut to %d of %d bytes", length, bytes.length)
          .isInstanceOf(IOException.class);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void readsOrRefusesAFileWithAnyByteFlipped(int version) {
    byte[] bytes = sample(version);
    int refused = 0;
    for (int at = 0; at < bytes.length; at++) {
      for (int mask : new int[] {0x01, 0x80, 0xff}) {
        byte[] flipped = bytes.clone();
        flipped[at] ^= (byte) mask;
        refused += readsOrRefuses(flipped, "byte " + at + " flipped by " + mask);
      }
    }
    assertThat(refused).isGreaterThan(bytes.length / 2);
  }

  @Test
  void readsOrRefusesAFileWithRandomDamage() {
    long seed = 20240607;
    Random random = new Random(seed);
    for (int round = 0; round < 20_000; round++) {
      byte[] bytes = sample(1 + random.nextInt(3));
      for (int i = random.nextInt(6); i >= 0; i--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
      }
      readsOrRefuses(bytes, "seed " + seed + " round " + round);
    }
  }

  private static byte[] sample(int version) {
    return new RccBuilder(version)
        .file("a/b/été.webp", new byte[] {1, 2, 3}, RccBuilder.STORED)
        .file("a/empty", new byte[0], RccBuilder.STORED)
        .file("z.txt", RccBuilder.compressed(TEXT), RccBuilder.ZLIB)
        .build();
  }

  private static void readAll(byte[] bytes) throws IOException {
    QtResource resource = QtResource.of("test.rcc", bytes);
    for (String path : resource.paths()) {
      assertThat(path.split("/", -1)).doesNotContain("", ".", "..");
      resource.bytes(path);
    }
  }

  /** Returns 1 if refused; anything but an IOException fails. */
  private static int readsOrRefuses(byte[] bytes, String what) {
    try {
      readAll(bytes);
      return 0;
    } catch (IOException e) {
      assertThat(e).as(what).hasMessageContaining("test.rcc");
      return 1;
    } catch (RuntimeException e) {
      throw new AssertionError(what, e);
    }
  }

  private static void assertDamaged(byte[] bytes, String how) {
    assertThatThrownBy(() -> readAll(bytes))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("test.rcc")
        .hasMessageContaining(how);
  }

  private static void assertUnreadable(byte[] packed, String how) throws IOException {
    byte[] bytes = new RccBuilder(3).file("a", packed, RccBuilder.ZLIB).build();
    QtResource resource = QtResource.of("test.rcc", bytes);
    assertThatThrownBy(() -> resource.bytes("a"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("test.rcc")
        .hasMessageContaining(how);
  }
}
