package dev.remap.jobs.catalogue.tar;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remap.jobs.catalogue.tar.TarMember.Kind;
import dev.remap.jobs.catalogue.tar.TarReaderTest.Archive;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarFile;
import org.junit.jupiter.api.Test;

/** Random archives, whole and cut, read by us and by commons-compress. */
class TarReaderAgainstCompressTest {
  private static final int ARCHIVES = 1000;

  /** What both say of a member; a folder's name ends in a slash or does not. */
  private record Read(String name, Kind kind, String data, String target) {
    static Read of(String name, Kind kind, byte[] data, String target) {
      return new Read(
          kind == Kind.FOLDER ? name.replaceFirst("/+$", "") : name,
          kind,
          kind == Kind.FILE ? data.length + " bytes, " + Arrays.hashCode(data) : "",
          target);
    }
  }

  private static List<Read> ours(byte[] tar) throws IOException {
    TarReader reader = new TarReader(new Archive(tar), tar.length);
    List<Read> read = new ArrayList<>();
    for (TarMember member = reader.next(); member != null; member = reader.next()) {
      int from = (int) member.range().from();
      byte[] data = Arrays.copyOfRange(tar, from, (int) member.range().end());
      read.add(Read.of(member.name(), member.kind(), data, member.target()));
    }
    return read;
  }

  private static List<Read> theirs(byte[] tar) throws IOException {
    List<Read> read = new ArrayList<>();
    try (TarFile file = new TarFile(tar, "UTF-8")) {
      for (TarArchiveEntry entry : file.getEntries()) {
        byte[] data =
            kind(entry) == Kind.FILE ? file.getInputStream(entry).readAllBytes() : new byte[0];
        String target = entry.isLink() || entry.isSymbolicLink() ? entry.getLinkName() : "";
        read.add(Read.of(below(entry.getName()), kind(entry), data, below(target)));
      }
    }
    return read;
  }

  private static String below(String name) {
    return name.replaceFirst("^(\\./)+", "");
  }

  private static Kind kind(TarArchiveEntry entry) {
    if (entry.isSparse()) {
      return Kind.SPARSE;
    } else if (entry.isDirectory()) {
      return Kind.FOLDER;
    } else if (entry.isLink()) {
      return Kind.HARD_LINK;
    } else if (entry.isSymbolicLink()) {
      return Kind.SYMBOLIC_LINK;
    } else if (entry.isCharacterDevice() || entry.isBlockDevice() || entry.isFIFO()) {
      return Kind.DEVICE;
    }
    return entry.getLinkFlag() == 'V' ? Kind.LABEL : Kind.FILE;
  }

  private static List<Read> meant(RandomTar tar) {
    return tar.members().stream()
        .map(it -> Read.of(it.name(), it.kind(), it.data(), it.target()))
        .toList();
  }

  @Test
  void bothFindEveryMemberOfRandomArchivesWithItsBytes() throws IOException {
    for (int seed = 0; seed < ARCHIVES; seed++) {
      RandomTar tar = new RandomTar(new Random(seed));

      assertThat(theirs(tar.bytes())).as("theirs, seed %d", seed).isEqualTo(meant(tar));
      assertThat(ours(tar.bytes())).as("seed %d", seed).isEqualTo(meant(tar));
    }
  }

  /** Cut in its padding, an archive is whole. */
  @Test
  void ofACutArchiveThereIsTheWholeListOrNone() throws IOException {
    int whole = 0;
    for (int seed = 0; seed < ARCHIVES; seed++) {
      Random random = new Random(seed);
      RandomTar tar = new RandomTar(random);
      byte[] cut = Arrays.copyOf(tar.bytes(), random.nextInt(tar.bytes().length));
      try {
        assertThat(ours(cut)).as("seed %d", seed).isEqualTo(meant(tar));
        whole++;
      } catch (TarException e) {
        assertThat(e).as("seed %d", seed).hasMessageContaining("cut short");
        continue;
      }
      assertThat(theirs(cut)).as("theirs, seed %d", seed).isEqualTo(meant(tar));
    }
    assertThat(whole).as("of %d", ARCHIVES).isBetween(ARCHIVES / 4, ARCHIVES * 3 / 4);
  }
}
