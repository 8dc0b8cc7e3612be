package dev.remap.jobs.cluster;

import dev.remap.jobs.cli.Pictures;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;

/**
 * A catalogue of made-up photographs on two nights, each in a folder of its own: images are added,
 * replaced and removed between them, and one that was broken is mended while another one breaks.
 */
final class TwoNights {
  private static final int FOLDERS = 2;

  private final Path folder;
  private final int each;
  private final long seed;

  /**
   * @param each photographs of each of two folders
   */
  TwoNights(Path folder, int each, long seed) {
    this.folder = folder;
    this.each = each;
    this.seed = seed;
    first();
    second();
  }

  /** The catalogue on a night. */
  Path catalogue(int night) {
    return folder.resolve("night-" + night);
  }

  private void first() {
    Pictures.folders(catalogue(1), FOLDERS, each, seed);
    text(catalogue(1).resolve("g00/mended.jpg"));
    text(catalogue(1).resolve("g01/text.jpg"));
  }

  private void second() {
    copy(catalogue(1), catalogue(2));
    Random random = new Random(seed + 1);
    int some = Math.max(2, each / 10);
    for (int i = 0; i < some; i++) {
      picture(String.format("g02/new%02d.jpg", i), random, Pictures.LONG);
      picture(name(0, i), random, Pictures.LONG + 16);
      delete(catalogue(2).resolve(name(1, i)));
    }
    picture("g00/mended.jpg", random, Pictures.LONG);
    text(catalogue(2).resolve(name(0, each - 1)));
  }

  private void picture(String name, Random random, int width) {
    Path file = catalogue(2).resolve(name);
    delete(file);
    Pictures.write(file, random, width, Pictures.SHORT);
  }

  private static String name(int folder, int number) {
    return String.format("g%02d/p%03d.jpg", folder, number);
  }

  private static void text(Path file) {
    try {
      Files.writeString(file, "no image", StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void delete(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void copy(Path from, Path to) {
    for (Path file : files(from)) {
      try {
        Path target = to.resolve(from.relativize(file));
        Files.createDirectories(target.getParent());
        Files.copy(file, target, StandardCopyOption.COPY_ATTRIBUTES);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** The images that can be described, by id. */
  Set<String> images(int night) {
    Set<String> ids = new TreeSet<>();
    for (Path file : files(catalogue(night))) {
      if (read(file).length > 100) {
        ids.add(catalogue(night).relativize(file).toString());
      }
    }
    return ids;
  }

  /** Makes the catalogue at that place, from the last night's on, what it is on this one. */
  void bring(int night, String target, Configuration conf) throws IOException {
    org.apache.hadoop.fs.Path root = new org.apache.hadoop.fs.Path(target);
    try (FileSystem fs = FileSystem.newInstance(root.toUri(), conf)) {
      Set<String> gone = new TreeSet<>();
      if (night > 1) {
        files(catalogue(1)).forEach(file -> gone.add(relative(1, file)));
      }
      for (Path file : files(catalogue(night))) {
        String id = relative(night, file);
        gone.remove(id);
        if (night == 1 || !isSame(file, catalogue(1).resolve(id))) {
          fs.copyFromLocalFile(
              false, true, new org.apache.hadoop.fs.Path(file.toUri()), child(root, id));
        }
      }
      for (String id : gone) {
        fs.delete(child(root, id), false);
      }
    }
  }

  private static org.apache.hadoop.fs.Path child(org.apache.hadoop.fs.Path root, String id) {
    return new org.apache.hadoop.fs.Path(root, id);
  }

  private String relative(int night, Path file) {
    return catalogue(night).relativize(file).toString();
  }

  private static boolean isSame(Path one, Path other) {
    return Files.exists(other) && Arrays.equals(read(one), read(other));
  }

  private static byte[] read(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<Path> files(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(Files::isRegularFile).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
