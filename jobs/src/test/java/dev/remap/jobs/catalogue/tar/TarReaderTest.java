package dev.remap.jobs.catalogue.tar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.apache.hadoop.fs.PositionedReadable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Archives of GNU tar and of commons-compress, whole and damaged. */
class TarReaderTest {
  private static final long SEED = 77;

  @TempDir private Path folder;

  /** An archive in memory that never hands out bytes beyond its end. */
  record Archive(byte[] bytes) implements PositionedReadable {
    @Override
    public int read(long position, byte[] buffer, int offset, int length) {
      throw new UnsupportedOperationException("only whole reads are asked for");
    }

    @Override
    public void readFully(long position, byte[] buffer, int offset, int length) throws IOException {
      if (position < 0 || position + length > bytes.length) {
        throw new EOFException("read to " + (position + length) + " of " + bytes.length);
      }
      System.arraycopy(bytes, (int) position, buffer, offset, length);
    }

    @Override
    public void readFully(long position, byte[] buffer) throws IOException {
      readFully(position, buffer, 0, buffer.length);
    }
  }

  private static Map<String, String> files(byte[] tar) throws IOException {
    TarReader reader = new TarReader(new Archive(tar), tar.length);
    Map<String, String> files = new TreeMap<>();
    for (TarMember member = reader.next(); member != null; member = reader.next()) {
      if (member.kind() == TarMember.Kind.FILE) {
        int from = (int) member.range().from();
        byte[] data = Arrays.copyOfRange(tar, from, (int) member.range().end());
        assertThat(files.put(member.name(), new String(data, StandardCharsets.ISO_8859_1)))
            .as(member.name())
            .isNull();
      }
    }
    return files;
  }

  private byte[] packed(String format) throws Exception {
    Path tar = folder.resolve("x.tar");
    Path source = folder.resolve("files");
    Process process =
        new ProcessBuilder(
                "tar", "--format=" + format, "-cf", tar.toString(), "-C", source.toString(), ".")
            .inheritIO()
            .start();
    assertThat(process.waitFor()).isZero();
    return Files.readAllBytes(tar);
  }

  private Map<String, String> made(String... names) throws IOException {
    Random random = new Random(SEED);
    Map<String, String> made = new TreeMap<>();
    for (String name : names) {
      byte[] bytes = new byte[random.nextInt(3000)];
      random.nextBytes(bytes);
      Path file = folder.resolve("files").resolve(name);
      Files.createDirectories(file.getParent());
      Files.write(file, bytes);
      made.put(name, new String(bytes, StandardCharsets.ISO_8859_1));
    }
    return made;
  }

  @ParameterizedTest
  @ValueSource(strings = {"gnu", "pax", "ustar", "v7"})
  void everyFileThatTarPackedIsFoundWithItsBytes(String format) throws Exception {
    Map<String, String> made =
        made("a.jpg", "empty/of/it.png", "a b/ü 100%.jpg", "x".repeat(80) + ".jpg");
    Files.write(folder.resolve("files/nothing.jpg"), new byte[0]);
    made.put("nothing.jpg", "");

    assertThat(files(packed(format))).as("seed %d", SEED).isEqualTo(made);
  }

  @ParameterizedTest
  @ValueSource(strings = {"gnu", "pax", "ustar"})
  void longNamesAreWhole(String format) throws Exception {
    Map<String, String> made =
        made("d".repeat(90) + "/" + "e".repeat(50) + "/" + "f".repeat(90) + ".jpg", "short.jpg");

    assertThat(files(packed(format))).isEqualTo(made);
  }

  @ParameterizedTest
  @ValueSource(strings = {"gnu", "pax"})
  void namesLongerThanUstarCanHoldAreWhole(String format) throws Exception {
    String deep = ("ä".repeat(100) + "/").repeat(4);

    assertThat(files(packed2(format, deep + "x".repeat(200) + ".jpg")))
        .containsOnlyKeys(deep + "x".repeat(200) + ".jpg");
  }

  /** The field for short names then ends in a slash, as a folder's does. */
  @ParameterizedTest
  @ValueSource(strings = {"gnu", "pax"})
  void aLongNameOfAFileMayHaveASlashAtItsHundredthByte(String format) throws Exception {
    String path = "d".repeat(97) + "/";
    Map<String, String> made = made(path + "x.jpg", "z.jpg");
    Files.write(folder.resolve("files").resolve(path + "empty.jpg"), new byte[0]);
    made.put(path + "empty.jpg", "");

    assertThat(files(packed(format))).isEqualTo(made);
  }

  private byte[] packed2(String format, String name) throws Exception {
    made(name);
    return packed(format);
  }

  @Test
  void anArchiveOfNoMembersIsEmpty() throws Exception {
    Files.createDirectories(folder.resolve("files"));

    assertThat(files(packed("gnu"))).isEmpty();
  }

  /** Whatever is missing at the end, the list is never just shorter. */
  @ParameterizedTest
  @ValueSource(strings = {"gnu", "pax"})
  void aCutArchiveIsNeverAShorterList(String format) throws Exception {
    Map<String, String> made = made("a.jpg", "l".repeat(150) + ".jpg", "b.jpg");
    byte[] tar = packed(format);
    for (int length = 0; length < tar.length; length += 64) {
      byte[] cut = Arrays.copyOf(tar, length);
      try {
        assertThat(files(cut)).as("cut to %d of %d", length, tar.length).isEqualTo(made);
      } catch (TarException e) {
        assertThat(e).hasMessageMatching("(?s).*(cut short|damaged).*");
      }
    }
  }

  /** Also when a preallocated file was never filled: zeros look like an end. */
  @Test
  void aHoleInTheMiddleIsNoEnd() throws Exception {
    made("a.jpg", "b.jpg", "c.jpg");
    byte[] tar = packed("gnu");
    Arrays.fill(tar, 512, 1024, (byte) 0);

    assertThatThrownBy(() -> files(tar))
        .isInstanceOf(TarException.class)
        .hasMessageContaining("follow its end-of-archive marker at byte 512");
  }

  @Test
  void aFlippedByteInAHeaderIsFound() throws Exception {
    Map<String, String> made = made("a.jpg", "b.jpg");
    byte[] tar = packed("ustar");
    int headers = 0;
    for (int i = 0; i < 512; i++) {
      byte[] flipped = tar.clone();
      flipped[i] ^= 0x41;
      try {
        assertThat(files(flipped)).isEqualTo(made);
      } catch (TarException e) {
        headers++;
      }
    }
    assertThat(headers).isGreaterThan(500);
  }

  /** Of whatever a damaged archive says, nothing is allocated that the file does not have. */
  @Test
  void randomDamageEndsInASentenceOrAList() throws Exception {
    made("a.jpg", "p".repeat(160) + ".jpg", "b.jpg");
    for (String format : new String[] {"gnu", "pax"}) {
      byte[] tar = packed(format);
      Random random = new Random(SEED);
      for (int round = 0; round < 3000; round++) {
        byte[] damaged = tar.clone();
        int block = random.nextInt(tar.length / 512) * 512;
        for (int i = 0; i < 4; i++) {
          damaged[block + random.nextInt(512)] = (byte) random.nextInt();
        }
        fixChecksum(damaged, block);
        try {
          TarReader reader = new TarReader(new Archive(damaged), damaged.length);
          while (reader.next() != null) {
            // Only that it ends is asked.
          }
        } catch (TarException e) {
          assertThat(e).as("seed %d round %d", SEED, round).hasMessageNotContaining("null");
        }
      }
    }
  }

  @Test
  void anAbsurdSizeIsRefused() throws Exception {
    made("a.jpg");
    byte[] tar = packed("ustar");
    int header = indexOf(tar, "./a.jpg");
    System.arraycopy("77777777777".getBytes(StandardCharsets.US_ASCII), 0, tar, header + 124, 11);
    fixChecksum(tar, header);

    assertThatThrownBy(() -> files(tar))
        .isInstanceOf(TarException.class)
        .hasMessageContaining("member 'a.jpg' says it has 8589934591 bytes where")
        .hasMessageContaining("cut short or damaged");
  }

  @Test
  void sizesBeyondEightGibibytesAreReadAsGnuWritesThem() throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    TarArchiveOutputStream tar = new TarArchiveOutputStream(out);
    tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_STAR);
    TarArchiveEntry entry = new TarArchiveEntry("big.jpg");
    entry.setSize(1L << 40);
    tar.putArchiveEntry(entry);
    tar.flush();
    byte[] header = Arrays.copyOf(out.toByteArray(), 512);

    assertThat(TarHeader.parse(header, 0).size()).isEqualTo(1L << 40);
  }

  @Test
  void linksDevicesAndSparseFilesAreTold() throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (TarArchiveOutputStream tar = new TarArchiveOutputStream(out)) {
      byte[] types = {
        TarConstants.LF_LINK, TarConstants.LF_SYMLINK, TarConstants.LF_CHR, TarConstants.LF_FIFO
      };
      for (byte type : types) {
        tar.putArchiveEntry(new TarArchiveEntry("x" + (char) type + ".jpg", type));
        tar.closeArchiveEntry();
      }
    }
    TarReader reader = new TarReader(new Archive(out.toByteArray()), out.size());

    assertThat(reader.next().kind()).isEqualTo(TarMember.Kind.HARD_LINK);
    assertThat(reader.next().kind()).isEqualTo(TarMember.Kind.SYMBOLIC_LINK);
    assertThat(reader.next().kind()).isEqualTo(TarMember.Kind.DEVICE);
    assertThat(reader.next().kind()).isEqualTo(TarMember.Kind.DEVICE);
    assertThat(reader.next()).isNull();
  }

  @Test
  void twoArchivesInOneFileAreRefused() throws Exception {
    made("a.jpg");
    byte[] tar = packed("gnu");
    byte[] both = Arrays.copyOf(tar, 2 * tar.length);
    System.arraycopy(tar, 0, both, tar.length, tar.length);

    assertThatThrownBy(() -> files(both)).hasMessageContaining("several archives in one");
  }

  private static int indexOf(byte[] tar, String name) {
    for (int i = 0; i < tar.length; i += 512) {
      if (new String(tar, i, name.length(), StandardCharsets.US_ASCII).equals(name)) {
        return i;
      }
    }
    throw new IllegalStateException("no member " + name);
  }

  static void fixChecksum(byte[] tar, int at) {
    Arrays.fill(tar, at + 148, at + 156, (byte) ' ');
    long sum = 0;
    for (int i = at; i < at + 512; i++) {
      sum += tar[i] & 0xff;
    }
    byte[] text =
        String.format(java.util.Locale.ROOT, "%06o\0 ", sum).getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(text, 0, tar, at + 148, 8);
  }
}
