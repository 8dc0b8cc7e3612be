package dev.remap.jobs.cluster;

import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;

/** A disk that fills up: a small tmpfs. Needs the right to mount one. */
final class FullDisk implements Closeable {
  private static final int PAGE = 4096;

  private final Path folder;

  private FullDisk(Path folder, int kibibytes) throws IOException {
    this.folder = Files.createDirectories(folder);
    run("mount", "-t", "tmpfs", "-o", "size=" + kibibytes + "k", "tmpfs", folder.toString());
  }

  /** Whether this machine lets us. */
  static boolean isPossible(Path folder) {
    try (FullDisk disk = new FullDisk(folder, 64)) {
      return Files.isDirectory(disk.folder);
    } catch (IOException | IllegalStateException e) {
      return false;
    }
  }

  /** The disk that the store is on has room for a part of what the night writes. */
  static Ended ofTheStore(Scene scene) throws IOException {
    Path store = scene.folder.resolve("store");
    boolean isThere = Files.exists(store);
    int needed = isThere ? used(store) : 0;
    Path aside = scene.folder.resolve("aside");
    if (isThere) {
      Files.move(store, aside);
    }
    FullDisk disk = new FullDisk(store, 1 << 20);
    scene.closing(disk);
    if (isThere) {
      copyInto(store, aside);
    }
    // A tmpfs counts by processor, so a little more than its size may fit.
    int part = scene.chaos.nightKibibytes(scene.night) / 2;
    disk.resize(needed + 16 + scene.random.nextInt(part));
    boolean well = Scene.endsWell(scene.start());
    disk.resize(1 << 20);
    return new Ended(!well, well);
  }

  /** Hadoop would put a folder below one that is there. */
  private static void copyInto(Path store, Path aside) throws IOException {
    try (Stream<Path> children = Files.list(aside)) {
      for (Path child : children.toList()) {
        String target = store.resolve(child.getFileName()).toUri().toString();
        Chaos.copy(child.toUri().toString(), target, new Configuration());
      }
    }
  }

  /** The disk for temporary files of driver and executors is small. */
  static Ended ofTheExecutors(Scene scene) throws IOException {
    Path temporary = scene.folder.resolve("tmp");
    try (FullDisk disk = new FullDisk(temporary, 256 << scene.random.nextInt(8))) {
      String option = "-Djava.io.tmpdir=" + disk.folder;
      scene
          .with("spark.executor.extraJavaOptions", scene.chaos.executorOptions() + " " + option)
          .with("java.io.tmpdir", disk.folder.toString())
          // A driver without room for the places of a shuffle gives executors no answer at all.
          .with("spark.rpc.askTimeout", "5s");
      boolean well = Scene.endsWell(scene.start());
      return new Ended(!well, well);
    }
  }

  /** What files take on a tmpfs. */
  static int used(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      long bytes = 0;
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        bytes += (Files.size(file) + PAGE - 1) / PAGE * PAGE;
      }
      return Math.toIntExact(bytes / 1024);
    }
  }

  private void resize(int kibibytes) {
    run("mount", "-o", "remount,size=" + kibibytes + "k", folder.toString());
  }

  private static void run(String... command) {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (process.waitFor() != 0) {
        throw new IllegalStateException(List.of(command) + ": " + said);
      }
    } catch (IOException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    run("umount", "-l", folder.toString());
  }
}
