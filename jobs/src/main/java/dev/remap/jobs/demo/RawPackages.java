package dev.remap.jobs.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** What {@code bin/fetch-demo-photographs} left: one folder for each Debian package. */
final class RawPackages {
  static final String GCOMPRIS = "gcompris-qt-data";
  static final String OPENCV = "opencv-doc";

  private final Path raw;
  private final Map<String, QtResource> activities = new HashMap<>();

  RawPackages(Path raw) {
    this.raw = raw;
  }

  /** The version of a package, such as {@code 3.1-2}. */
  String version(String source) throws IOException {
    return Files.readString(existing(raw.resolve(source).resolve("version"))).strip();
  }

  /**
   * The pictures that a pick names: destination name without extension to bytes, ascending.
   *
   * @throws IOException if there is none
   */
  SortedMap<String, byte[]> pictures(PhotographPick pick) throws IOException {
    SortedMap<String, byte[]> pictures =
        switch (pick.source()) {
          case GCOMPRIS -> fromGcompris(pick);
          case OPENCV -> new TreeMap<>(Map.of(pick.name(), fromOpenCv(pick.picture())));
          default ->
              throw new IllegalArgumentException(
                  "Photographs come from " + GCOMPRIS + " and " + OPENCV + ", not from: " + pick);
        };
    if (pictures.isEmpty()) {
      throw new IOException(
          String.format(
              "%s %s has no picture '%s'; the list of photographs was made for the packages of"
                  + " Debian 12",
              pick.source(), version(pick.source()), pick.picture()));
    }
    return pictures;
  }

  private SortedMap<String, byte[]> fromGcompris(PhotographPick pick) throws IOException {
    int slash = pick.picture().indexOf('/');
    String activity = pick.picture().substring(0, slash);
    String path =
        "gcompris/src/activities/" + activity + "/resource" + pick.picture().substring(slash);
    QtResource resource = activity(activity);
    SortedMap<String, byte[]> pictures = new TreeMap<>();
    for (String found : resource.paths()) {
      if (pick.all() ? matches(found, path) : found.equals(path)) {
        pictures.put(pick.all() ? baseName(found) : pick.name(), resource.bytes(found));
      }
    }
    return pictures;
  }

  private byte[] fromOpenCv(String picture) throws IOException {
    return Files.readAllBytes(existing(raw.resolve(OPENCV).resolve("examples").resolve(picture)));
  }

  private QtResource activity(String activity) throws IOException {
    QtResource open = activities.get(activity);
    if (open == null) {
      Path file = raw.resolve(GCOMPRIS).resolve("rcc").resolve(activity + ".rcc");
      open = QtResource.open(existing(file));
      activities.put(activity, open);
    }
    return open;
  }

  private static Path existing(Path file) throws IOException {
    if (!Files.isRegularFile(file)) {
      throw new IOException(
          "No "
              + file
              + "; fetch the packages with bin/fetch-demo-photographs FOLDER, which leaves them in"
              + " FOLDER/raw");
    }
    return file;
  }

  /** Whether a path is in the folder of a pattern {@code folder/*.extension}, and ends like it. */
  private static boolean matches(String path, String pattern) {
    int star = pattern.indexOf(PhotographPick.ALL);
    return path.startsWith(pattern.substring(0, star))
        && path.endsWith(pattern.substring(star + 1))
        && path.indexOf('/', star) < 0;
  }

  private static String baseName(String path) {
    String name = path.substring(path.lastIndexOf('/') + 1);
    return name.substring(0, name.lastIndexOf('.'));
  }
}
