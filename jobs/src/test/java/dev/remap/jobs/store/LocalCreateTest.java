package dev.remap.jobs.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalCreateTest extends AtomicCreateContract {
  @TempDir private java.nio.file.Path folder;
  private FileSystem fs;

  @BeforeEach
  void open() throws IOException {
    fs = FileSystem.getLocal(new Configuration()).getRawFileSystem();
    Files.createDirectory(folder.resolve("root"));
  }

  @Override
  FileSystem fileSystem() {
    return fs;
  }

  @Override
  Path root() {
    return new Path(folder.resolve("root").toUri());
  }

  @Override
  AtomicCreate atomic() {
    return new LocalCreate();
  }

  @Override
  int rounds() {
    return 60;
  }

  @Test
  void knowsItsOwnLinkWhenTheAnswerToTheRequestWasLost() throws IOException {
    Path path = new Path(root(), "mine.json");
    Runnable linkUnnoticed =
        () -> {
          try (Stream<java.nio.file.Path> files = Files.list(folder.resolve("root"))) {
            Files.createLink(LocalFiles.of(path), files.findAny().orElseThrow());
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        };

    assertThat(atomic().create(path, ByteSource.of(bytes(1)), linkUnnoticed)).isTrue();
  }

  @Test
  void saysWhatIsWrongWhenAFileStandsWhereAFolderBelongs() throws IOException {
    Files.writeString(folder.resolve("root/file"), "x");
    Path path = new Path(root(), "file/below.json");

    assertThatThrownBy(() -> atomic().create(path, ByteSource.of(bytes(1)), () -> {}))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("below.json");
  }

  @Test
  void leavesNothingOrTheWholeWhenItsProcessIsKilled() throws Exception {
    long seed = 20261122;
    Random random = new Random(seed);
    for (int kill = 0; kill < 5; kill++) {
      java.nio.file.Path target = Files.createDirectory(folder.resolve("kill" + kill));
      int reported = writeUntilKilled(target, 1 + random.nextInt(40));
      List<java.nio.file.Path> visible = visible(target);
      assertThat(visible.size())
          .as("files of kill %d, seed %d", kill, seed)
          .isBetween(reported, reported + 1);
      for (java.nio.file.Path file : visible) {
        assertThat(Files.readAllBytes(file)).as("%s, seed %d", file, seed).isEqualTo(bytes(3));
      }
    }
  }

  private static int writeUntilKilled(java.nio.file.Path target, int after) throws Exception {
    Process process = Jvm.start(Writer.class, List.of(), target.toString());
    int reported = 0;
    try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
      while (reported < after && out.readLine() != null) {
        reported++;
      }
      // SIGKILL; unlike destroyForcibly, leaves the pipe readable.
      process.toHandle().destroyForcibly();
      while (out.readLine() != null) {
        reported++;
      }
      process.waitFor();
    }
    assertThat(reported).as("files reported before the kill").isGreaterThanOrEqualTo(after);
    return reported;
  }

  private static List<java.nio.file.Path> visible(java.nio.file.Path folder) throws IOException {
    try (Stream<java.nio.file.Path> files = Files.list(folder)) {
      return files.filter(file -> !file.getFileName().toString().startsWith(".")).toList();
    }
  }

  /** Creates one file after the other and reports each, until it is killed. */
  static final class Writer {
    private Writer() {}

    public static void main(String[] arguments) {
      AtomicCreate atomic = new LocalCreate();
      for (int i = 0; ; i++) {
        Path path = new Path(new File(arguments[0], "f" + i).toURI());
        atomic.create(path, ByteSource.of(bytes(3)), () -> {});
        System.out.println(path);
        System.out.flush();
      }
    }
  }
}
