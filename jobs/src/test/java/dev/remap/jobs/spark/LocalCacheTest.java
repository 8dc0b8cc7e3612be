package dev.remap.jobs.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.remap.jobs.config.InputException;
import dev.remap.jobs.store.FileRef;
import dev.remap.jobs.store.Sha256;
import dev.remap.jobs.store.Store;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LocalCacheTest {
  private static final Duration LONG = LocalCache.KEPT.plusHours(1);

  @TempDir private Path temporary;
  private Path folder;
  private Store store;

  @BeforeEach
  void open() {
    folder = temporary.resolve("cache");
    store = Store.openOrCreate(temporary.resolve("store").toString(), new Configuration());
  }

  private FileRef file(String content) {
    byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
    store.create(content, bytes);
    return new FileRef(content, bytes.length, Sha256.hex(bytes));
  }

  private Path fetch(String content) {
    Path local = LocalCache.fetch(folder, store, file(content));
    assertThat(local).hasContent(content);
    return local;
  }

  private static void unused(Path local, Duration since) throws IOException {
    Files.setLastModifiedTime(local, FileTime.from(Instant.now().minus(since)));
  }

  @Test
  void whatIsNewTakesThePlaceOfWhatNobodyUses() throws IOException {
    Path old = fetch("old");
    Path part = Files.writeString(folder.resolve("0.part"), "of a process that was killed");
    Path recent = fetch("recent");
    unused(old, LONG);
    unused(part, LONG);
    unused(recent, LocalCache.KEPT.dividedBy(2));

    Path fresh = fetch("fresh");

    assertThat(folder.toFile().list())
        .containsExactlyInAnyOrder(recent.toFile().getName(), fresh.toFile().getName());
  }

  @Test
  void whatIsUsedAgainStays() throws IOException {
    Path old = fetch("old");
    unused(old, LONG);

    assertThat(fetch("old")).isEqualTo(old);

    fetch("fresh");
    assertThat(old).exists();
  }

  @Test
  void whatIsNotWholeIsCopiedAgain() throws IOException {
    Files.writeString(fetch("broken"), "half");

    fetch("broken");
  }

  /** Whoever made it first could put another file in the place of one whose digest is checked. */
  @ParameterizedTest
  @ValueSource(strings = {"rwxrwxrwx", "rwxr-x---"})
  void aFolderThatIsOpenToOthersIsRefused(String permissions) throws IOException {
    Files.createDirectory(folder);
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString(permissions));

    assertRefused(permissions);
  }

  @Test
  void aLinkInThePlaceOfTheFolderIsRefused() throws IOException {
    Path elsewhere = Files.createDirectory(temporary.resolve("elsewhere"));
    Files.setPosixFilePermissions(elsewhere, PosixFilePermissions.fromString("rwx------"));
    Files.createSymbolicLink(folder, elsewhere);

    assertRefused("rwxrwxrwx");
    assertThat(elsewhere).isEmptyDirectory();
  }

  @Test
  void aFolderOfAnotherUserIsRefused() throws IOException {
    assumeTrue(System.getProperty("user.name").equals("root"), "only root can give a folder away");
    fetch("ours");
    Files.setAttribute(folder, "unix:uid", 12_345);

    assertRefused("belongs to 12345");
  }

  private void assertRefused(String part) {
    assertThatThrownBy(() -> fetch("new"))
        .isInstanceOf(InputException.class)
        .hasMessageContaining(folder + " must be a folder of this user alone")
        .hasMessageContaining(part)
        .hasMessageContaining("java.io.tmpdir");
  }
}
