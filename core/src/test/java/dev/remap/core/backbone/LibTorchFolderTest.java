package dev.remap.core.backbone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LibTorchFolderTest {
  @TempDir private Path folder;

  @Test
  void whatAKilledProcessLeftHalfUnpackedIsGoneBeforeTheNextStart() throws Exception {
    Path libraries = Files.createDirectories(folder.resolve("2.5.1-cpu-linux-x86_64"));
    Path whole = Files.writeString(libraries.resolve("libtorch.so"), "whole");
    Path half = Files.writeString(libraries.resolve("jni1234tmp"), "ha");
    Path halves = Files.createDirectories(folder.resolve("tmp5678"));
    Files.writeString(halves.resolve("libtorch_cpu.so"), "ha");
    String seen =
        LibTorchFolder.locked(
            folder,
            () -> {
              assertThat(half).doesNotExist();
              assertThat(halves).doesNotExist();
              return "started";
            });
    assertThat(seen).isEqualTo("started");
    assertThat(whole).hasContent("whole");
  }

  @Test
  void theFolderIsLockedWhileLibTorchStartsAndFreeAfterwards() throws Exception {
    try (FileChannel other =
        FileChannel.open(
            folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      boolean free = LibTorchFolder.locked(folder, () -> canLock(other));
      assertThat(free).isFalse();
      assertThat(canLock(other)).isTrue();
    }
  }

  private static boolean canLock(FileChannel channel) {
    try {
      return channel.tryLock() != null;
    } catch (OverlappingFileLockException e) {
      return false;
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Test
  void aFolderThatCannotBeMadeIsNamedWithWhatToDo() throws Exception {
    Path file = Files.writeString(folder.resolve("file"), "in the way");
    assertThatIllegalStateException()
        .isThrownBy(() -> LibTorchFolder.locked(file.resolve("pytorch"), () -> "started"))
        .withMessageContaining(file.toString())
        .withMessageContaining("DJL_CACHE_DIR");
  }
}
