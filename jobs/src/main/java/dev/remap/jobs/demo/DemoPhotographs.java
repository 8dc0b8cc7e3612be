package dev.remap.jobs.demo;

import static dev.remap.jobs.demo.RawPackages.GCOMPRIS;
import static dev.remap.jobs.demo.RawPackages.OPENCV;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.remap.core.image.ImageException;
import dev.remap.core.image.ImageLimits;
import dev.remap.core.image.decode.ImageDecoder;
import dev.remap.core.image.decode.ImageHeader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The photographs of the demonstration as a folder of pictures: {@code
 * <source>/<category>/<name>.<format>}, and {@code pairs/<object>/<view>.<format>} for several
 * views of one object. Only those folders of pairs are groups of matching pictures; a category is
 * not.
 */
public final class DemoPhotographs {
  /** Smallest side of a photograph in pixels; below it there is too little to recognise. */
  static final int MIN_SIDE = 150;

  private static final String PAIRS = "pairs";
  private static final String CREDITS = "CREDITS.txt";
  private static final Pattern SAFE_NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]*");
  private static final ImageLimits LIMITS = new ImageLimits(16 << 20, 16 << 20);

  /**
   * What was unpacked.
   *
   * @param photographs relative to the folder, in the order of the list
   * @param skipped for each picture that was left out: which, and why
   * @param groups as {@link DemoPhotographs#groups}
   */
  public record Unpacked(
      List<Path> photographs, List<String> skipped, SortedMap<String, List<Path>> groups) {}

  private final RawPackages raw;
  private final Path out;
  private final ImageDecoder decoder = new ImageDecoder(LIMITS);
  private final Map<ByteBuffer, Path> unpacked = new HashMap<>();
  private final List<Path> photographs = new ArrayList<>();
  private final List<String> skipped = new ArrayList<>();

  private DemoPhotographs(Path raw, Path out) {
    this.raw = new RawPackages(raw);
    this.out = out;
  }

  /**
   * Writes the photographs and {@code CREDITS.txt}. The same packages give the same files; a file
   * that is there already with the same bytes is not touched, so that its time of change stays.
   *
   * @param raw the folder that {@code bin/fetch-demo-photographs} left
   * @param out created if need be
   * @throws IOException if a package is missing, damaged, or not the one the list was made for
   */
  public static Unpacked unpack(Path raw, Path out) throws IOException {
    return unpack(raw, out, PhotographPick.builtIn());
  }

  static Unpacked unpack(Path raw, Path out, List<PhotographPick> picks) throws IOException {
    DemoPhotographs demo = new DemoPhotographs(raw, out);
    for (PhotographPick pick : picks) {
      for (Map.Entry<String, byte[]> picture : demo.raw.pictures(pick).entrySet()) {
        demo.add(Path.of(pick.folder()), picture.getKey(), picture.getValue());
      }
    }
    demo.write(Path.of(CREDITS), demo.credits().getBytes(UTF_8));
    return new Unpacked(List.copyOf(demo.photographs), List.copyOf(demo.skipped), groups(out));
  }

  /**
   * The groups of matching pictures in an unpacked folder: object to its views, two or more,
   * relative to the folder, both ascending.
   */
  public static SortedMap<String, List<Path>> groups(Path out) throws IOException {
    SortedMap<String, List<Path>> groups = new TreeMap<>();
    for (Path object : children(out.resolve(PAIRS))) {
      List<Path> views = children(object).stream().map(out::relativize).toList();
      if (views.size() > 1) {
        groups.put(object.getFileName().toString(), views);
      }
    }
    return groups;
  }

  private void add(Path folder, String name, byte[] bytes) throws IOException {
    if (!SAFE_NAME.matcher(name).matches()) {
      throw new IOException(
          "Picture for " + folder + " has a name that is not kept: '" + name + "'");
    }
    Path picture = folder.resolve(name);
    ImageHeader header = header(picture, bytes);
    if (Math.min(header.width(), header.height()) < MIN_SIDE) {
      skipped.add(
          String.format("%s: %dx%d is too small", picture, header.width(), header.height()));
      return;
    }
    Path first = unpacked.putIfAbsent(ByteBuffer.wrap(bytes), picture);
    if (first != null) {
      skipped.add(picture + ": the same file as " + first);
      return;
    }
    Path file = folder.resolve(name + "." + extension(header));
    if (photographs.contains(file)) {
      throw new IllegalArgumentException("List of photographs names two pictures " + file);
    }
    write(file, bytes);
    photographs.add(file);
  }

  private ImageHeader header(Path picture, byte[] bytes) throws IOException {
    try {
      return decoder.header(bytes);
    } catch (ImageException e) {
      throw new IOException("Picture for " + picture + " cannot be used: " + e.getMessage(), e);
    }
  }

  private static String extension(ImageHeader header) {
    return switch (header.format()) {
      case JPEG -> "jpg";
      case PNG -> "png";
      case WEBP -> "webp";
    };
  }

  private void write(Path relative, byte[] bytes) throws IOException {
    Path file = out.resolve(relative);
    if (Files.exists(file) && Arrays.equals(Files.readAllBytes(file), bytes)) {
      return;
    }
    Files.createDirectories(file.getParent());
    Files.write(file, bytes);
  }

  private String credits() throws IOException {
    return String.format(
        """
        These photographs were unpacked from two Debian packages:

        %s %s (folder gcompris and the monuments in pairs): from GCompris, https://gcompris.net
        %s %s (folder opencv and all else in pairs): sample pictures of OpenCV, https://opencv.org

        They have many authors and many free licences (Creative Commons of several kinds, GPL, public
        domain, the licence of OpenCV). Each package's file 'copyright', kept beside what was
        unpacked, names what its authors recorded. Use the pictures here; do not pass them on without
        reading it.
        """,
        GCOMPRIS, raw.version(GCOMPRIS), OPENCV, raw.version(OPENCV));
  }

  private static List<Path> children(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      throw new IOException("No folder " + folder + "; unpack the photographs of the demo first");
    }
    try (Stream<Path> children = Files.list(folder)) {
      return children.sorted().toList();
    }
  }
}
