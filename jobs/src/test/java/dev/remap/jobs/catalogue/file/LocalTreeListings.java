package dev.remap.jobs.catalogue.file;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remap.jobs.catalogue.CatalogueImage;
import dev.remap.jobs.catalogue.Catalogues;
import dev.remap.jobs.config.Settings;
import dev.remap.jobs.run.LocalSpark;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A local folder in the making, and what a catalogue lists of it. */
abstract class LocalTreeListings {
  private static final Configuration HADOOP = new Configuration();

  @TempDir Path temporary;
  Path folder;

  @BeforeAll
  static void start() {
    LocalSpark.sharedSession();
  }

  @BeforeEach
  void make() throws IOException {
    folder = Files.createDirectory(temporary.resolve("cat"));
  }

  /** A listing's images by id, and its count. */
  record Result(Map<String, ListedImage> images, LeftOut leftOut) {
    List<String> ids() {
      return List.copyOf(images.keySet());
    }

    ListedImage image(String id) {
      return images.get(id);
    }
  }

  Result list() {
    return list(folder);
  }

  Result list(Path root, String... pairs) {
    Settings settings = Settings.load(null, Map.of("catalogue.uri", root.toString()));
    for (int i = 0; i < pairs.length; i += 2) {
      settings = settings.with(pairs[i], pairs[i + 1]);
    }
    return result(Catalogues.of(settings).find(LocalSpark.spark()).collect().iterator());
  }

  static Result result(Iterator<Found> found) {
    Map<String, ListedImage> images = new TreeMap<>();
    LeftOut leftOut = new LeftOut();
    while (found.hasNext()) {
      Found one = found.next();
      if (one instanceof ListedImage image) {
        assertThat(images.put(image.imageId(), image)).as(image.imageId()).isNull();
      } else {
        leftOut.add((LeftOut) one);
      }
    }
    return new Result(images, leftOut);
  }

  Result followed() {
    return list(folder, OutsideLinks.SETTING, "true");
  }

  Path file(String name) throws IOException {
    return written(folder.resolve(name));
  }

  static Path written(Path file) throws IOException {
    Files.createDirectories(file.getParent());
    return Files.write(file, new byte[] {1, 2, 3});
  }

  void link(String name, Object target) throws IOException {
    Path link = folder.resolve(name);
    Files.createDirectories(link.getParent());
    Files.createSymbolicLink(link, Path.of(target.toString()));
  }

  /** A file or folder of the catalogue by its bytes, percent-encoded. */
  Path raw(String encoded) {
    return Path.of(URI.create(folder.toUri().toString() + encoded));
  }

  static byte[] read(ListedImage image) throws Exception {
    return new CatalogueImage(image.imageId(), image.uri(), image.version(), 100, HADOOP).read();
  }

  static void assertCounts(Result result, String... reasons) {
    assertThat(result.leftOut().reasons())
        .extracting(LeftOut.Reason::text)
        .containsExactlyInAnyOrder(reasons);
  }
}
