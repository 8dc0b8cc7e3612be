package dev.remap.jobs.catalogue.tar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remap.jobs.catalogue.CatalogueImage;
import dev.remap.jobs.catalogue.Catalogues;
import dev.remap.jobs.catalogue.file.Found;
import dev.remap.jobs.catalogue.file.LeftOut;
import dev.remap.jobs.catalogue.file.ListedImage;
import dev.remap.jobs.config.InputException;
import dev.remap.jobs.config.Settings;
import dev.remap.jobs.run.LocalSpark;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** A folder of tar files in the making, and what a catalogue lists of it. */
abstract class TarShards {
  static SparkSession session;

  @TempDir Path folder;

  @BeforeAll
  static void start() {
    session = LocalSpark.sharedSession();
  }

  interface Packing {
    void into(TarArchiveOutputStream tar) throws IOException;
  }

  Path tar(String name, Packing packing) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    try (TarArchiveOutputStream tar = new TarArchiveOutputStream(Files.newOutputStream(file))) {
      tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
      packing.into(tar);
    }
    return file;
  }

  Path tar(String name, String... members) throws IOException {
    return tar(
        name,
        tar -> {
          for (String member : members) {
            add(tar, member);
          }
        });
  }

  static void add(TarArchiveOutputStream tar, String member) throws IOException {
    byte[] data = ("bytes of " + member).getBytes(StandardCharsets.UTF_8);
    TarArchiveEntry entry = new TarArchiveEntry(member, true);
    entry.setSize(data.length);
    tar.putArchiveEntry(entry);
    tar.write(data);
    tar.closeArchiveEntry();
  }

  List<ListedImage> list(String uri, String format) {
    Settings settings =
        Settings.load(null, Map.of("catalogue.uri", uri, "catalogue.format", format));
    List<ListedImage> images =
        new ArrayList<>(Catalogues.of(settings).list(LocalSpark.spark()).collect());
    images.sort((a, b) -> a.imageId().compareTo(b.imageId()));
    return images;
  }

  List<ListedImage> list() {
    return list(folder.toString(), "webdataset");
  }

  static String text(ListedImage image) throws Exception {
    byte[] bytes =
        new CatalogueImage(
                image.imageId(),
                image.uri(),
                image.version(),
                image.range(),
                1000,
                session.sparkContext().hadoopConfiguration())
            .read();
    return new String(bytes, StandardCharsets.UTF_8);
  }

  void assertRefused(String format, String... parts) {
    assertThatThrownBy(() -> list(folder.toString(), format))
        .satisfies(
            failure -> {
              Throwable cause = failure;
              while (cause != null && !(cause instanceof InputException)) {
                cause = cause.getCause();
              }
              assertThat(cause).isNotNull();
              assertThat(cause.getMessage()).contains(parts);
            });
  }

  LeftOut leftOut() {
    Settings settings =
        Settings.load(
            null, Map.of("catalogue.uri", folder.toString(), "catalogue.format", "webdataset"));
    LeftOut sum = new LeftOut();
    Found.leftOut(Catalogues.of(settings).find(LocalSpark.spark()))
        .collect()
        .forEach(one -> sum.add((LeftOut) one));
    return sum;
  }

  void assertLeftOut(String... reasons) {
    assertThat(leftOut().reasons())
        .extracting(LeftOut.Reason::text)
        .containsExactlyInAnyOrder(reasons);
  }
}
