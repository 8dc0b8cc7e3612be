package dev.remap.jobs.catalogue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remap.jobs.catalogue.file.Catalogue;
import dev.remap.jobs.catalogue.file.Found;
import dev.remap.jobs.catalogue.file.LeftOut;
import dev.remap.jobs.catalogue.file.ListedImage;
import dev.remap.jobs.catalogue.file.UnreadableException;
import dev.remap.jobs.config.InputException;
import dev.remap.jobs.config.Settings;
import dev.remap.jobs.run.LocalSpark;
import dev.remap.jobs.spark.TaskFailures;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.GZIPOutputStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class InventoryCatalogueTest {
  private static SparkSession session;

  @TempDir private Path folder;

  @BeforeAll
  static void start() {
    session = LocalSpark.sharedSession();
  }

  private static Map<String, ListedImage> list(Path table) {
    return list(table, "[Bucket, Key, Size, LastModifiedDate, ETag]");
  }

  private static Map<String, ListedImage> list(Path table, String columns) {
    Settings settings =
        Settings.load(
                null,
                Map.of("catalogue.format", "inventory", "catalogue.inventory-columns", columns))
            .with("catalogue.uri", table.toString());
    Map<String, ListedImage> images = new TreeMap<>();
    Catalogues.of(settings)
        .list(LocalSpark.spark())
        .collect()
        .forEach(i -> images.put(i.imageId(), i));
    return images;
  }

  @Test
  void aZippedCsvAsS3WritesItHasNoHeaderAndEncodedKeys() throws IOException {
    Path file = folder.resolve("inventory.csv.gz");
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
      out.write(
          """
          "pictures","a+b/m%C3%BCller%2B1.jpg","12","2026-01-02T03:04:05.000Z","0123abcd"
          "pictures","notes.txt","5","2026-01-02T03:04:05.000Z","ffff"
          "pictures","no-etag.png","7","2026-01-02T03:04:05.000Z",
          """
              .getBytes(StandardCharsets.UTF_8));
    }

    Map<String, ListedImage> images = list(file);

    assertThat(images)
        .containsOnly(
            Map.entry(
                "a b/müller+1.jpg",
                new ListedImage(
                    "a b/müller+1.jpg", "s3a://pictures/a b/müller+1.jpg", "etag:0123abcd", 12)),
            Map.entry(
                "no-etag.png",
                new ListedImage(
                    "no-etag.png",
                    "s3a://pictures/no-etag.png",
                    "7 bytes, 2026-01-02T03:04:05.000Z",
                    7)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"csv", "parquet", "orc"})
  void aTableWithNamesIsReadAsItStandsWithoutWhatIsGone(String format) throws IOException {
    Path csv =
        Files.writeString(
            folder.resolve("t.csv"),
            """
            bucket,key,is_latest,is_delete_marker,size,e_tag
            b,a+1.jpg,true,false,3,\
            """
                + "\"\"\"q1\"\"\"\n"
                + """
                b,a+1.jpg,false,false,3,old
                b,gone.jpg,true,true,,x
                """);
    Path table = csv;
    if (!format.equals("csv")) {
      table = folder.resolve("t." + format);
      session
          .read()
          .option("header", true)
          .option("escape", "\"")
          .csv(csv.toString())
          .write()
          .format(format)
          .save(table.toString());
    }

    assertThat(list(table))
        .containsOnly(
            Map.entry("a+1.jpg", new ListedImage("a+1.jpg", "s3a://b/a+1.jpg", "etag:q1", 3)));
  }

  @Test
  void whatIsMissingIsNamed() throws IOException {
    Path three = Files.writeString(folder.resolve("three.csv"), "b,k.jpg,1\n");
    assertThatThrownBy(() -> list(three))
        .hasMessageContaining("has 3 columns; catalogue.inventory-columns names 5")
        .hasMessageContaining("fileSchema");
    assertThatThrownBy(() -> list(three, "[Bucket, Size, ETag]"))
        .hasMessageContaining("has no column key; its columns are Bucket, Size, ETag");
    assertThatThrownBy(() -> list(three, "[Bucket, Key, Size]"))
        .hasStackTraceContaining(
            "three.csv has neither an e_tag nor size and last_modified_date for k.jpg");
    assertThatThrownBy(() -> list(folder.resolve("none.csv")))
        .hasMessageContaining("does not exist");
  }

  private static final String SCHEMA =
      "Bucket, Key, VersionId, IsLatest, IsDeleteMarker, Size, LastModifiedDate, ETag";

  /** As S3 lays it out: the data of all days in one folder, and a manifest for each day. */
  private Path day(Path root, String day, String... rows) throws IOException {
    Path data = root.resolve("prefix/pictures/all/data/" + day + ".csv.gz");
    Files.createDirectories(data.getParent());
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(data))) {
      out.write((String.join("\n", rows) + "\n").getBytes(StandardCharsets.UTF_8));
    }
    String key = "prefix/pictures/all/data/" + day + ".csv.gz";
    return manifest(root, day, "CSV", SCHEMA, key);
  }

  private static Path manifest(Path root, String day, String format, String schema, String key)
      throws IOException {
    Path manifest = root.resolve("prefix/pictures/all/" + day + "T01-00Z/manifest.json");
    Files.createDirectories(manifest.getParent());
    String text =
        "{'sourceBucket':'pictures','fileFormat':'%s','fileSchema':'%s','files':[{'key':'%s','size':1,'MD5checksum':'0'}]}";
    return Files.writeString(manifest, text.formatted(format, schema, key).replace('\'', '"'));
  }

  private static String row(String key, String latest, String deleted) {
    return "\"pictures\",\"%s\",\"v\",\"%s\",\"%s\",\"10\",\"2024-05-01T00:00:00.000Z\",\"e-%s\""
        .formatted(key, latest, deleted, key);
  }

  @Test
  void aManifestsFilesAndColumnsAreFollowed() throws IOException {
    day(folder, "2024-05-01", row("gone-since.jpg", "true", "false"));
    Path manifest =
        day(
            folder,
            "2024-05-02",
            row("a+b%2Bc.jpg", "true", "false"),
            row("%E2%9C%93.JPG", "", ""),
            row("old.jpg", "false", "false"),
            row("gone.jpg", "true", "true"),
            row("folder/x.jpg/", "true", "false"));

    assertThat(list(manifest).keySet()).containsExactlyInAnyOrder("a b+c.jpg", "✓.JPG");
    assertThat(list(manifest.getParent()))
        .as("the folder of a day")
        .isEqualTo(list(manifest))
        .containsEntry(
            "a b+c.jpg",
            new ListedImage("a b+c.jpg", "s3a://pictures/a b+c.jpg", "etag:e-a+b%2Bc.jpg", 10));
    assertThat(Catalogues.of(Settings.load(null, Map.of("catalogue.uri", manifest.toString()))))
        .isInstanceOf(InventoryCatalogue.class);
  }

  /** Of a bucket with versions: what the bucket no longer shows is counted, by reason. */
  @ParameterizedTest
  @ValueSource(strings = {"csv", "parquet", "orc"})
  void oldVersionsAndDeleteMarkersAreCounted(String format) throws IOException {
    String header = "bucket,key,version_id,is_latest,is_delete_marker,size,e_tag\n";
    StringBuilder text = new StringBuilder(header);
    for (int i = 0; i < 7; i++) {
      text.append("b,k").append(i).append(".jpg,v2,true,false,3,new\n");
      text.append("b,k").append(i).append(".jpg,v1,false,false,3,old\n");
    }
    for (int i = 0; i < 5; i++) {
      text.append("b,gone").append(i).append(".jpg,v2,true,true,,\n");
      text.append("b,gone").append(i).append(".jpg,v1,FALSE,false,3,old\n");
    }
    text.append("b,back.jpg,v3,true,false,3,new\n").append("b,back.jpg,v2,false,true,,\n");
    text.append("b,notes.txt,v1,true,false,3,new\n").append("b,notes.txt,v0,false,false,3,old\n");
    Path table = Files.writeString(folder.resolve("t.csv"), text);
    if (!format.equals("csv")) {
      table = folder.resolve("t." + format);
      session
          .read()
          .option("header", true)
          .csv(folder.resolve("t.csv").toString())
          .write()
          .format(format)
          .save(table.toString());
    }

    assertThat(list(table)).hasSize(8);
    assertThat(leftOut(table))
        .hasToString(
            "20 left out: 14 × older version, 5 × deleted object, 1 × other ending (.txt)");
  }

  private static LeftOut leftOut(Path table) {
    Settings settings =
        Settings.load(null, Map.of("catalogue.format", "inventory"))
            .with("catalogue.uri", table.toString());
    LeftOut sum = new LeftOut();
    for (Found found : Catalogues.of(settings).find(LocalSpark.spark()).collect()) {
      if (found instanceof LeftOut some) {
        sum.add(some);
      }
    }
    return sum;
  }

  /** As {@code aws s3 sync} of the inventory's own folder leaves them. */
  @Test
  void aManifestIsFollowedWhereverItsFoldersWereCopiedTo() throws IOException {
    Path manifest = day(folder, "2024-05-01", row("x.jpg", "true", "false"));
    Path copy = folder.resolve("my copy");
    Files.move(folder.resolve("prefix/pictures/all"), copy);

    assertThat(list(copy.resolve("2024-05-01T01-00Z/manifest.json"))).containsOnlyKeys("x.jpg");
    Files.createDirectories(copy.resolve("hive/dt=2024-05-01-01-00"));
    Path links = copy.resolve("hive/dt=2024-05-01-01-00/symlink.txt");
    Files.writeString(links, "s3://there/prefix/pictures/all/data/2024-05-01.csv.gz\n");
    assertThat(list(links, "[" + SCHEMA + "]")).containsOnlyKeys("x.jpg");
    assertThat(manifest).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "/data", "/data/*.csv.gz", "/*/*.gz"})
  void aFolderOfManyDaysIsRefusedWithTheManifestToGive(String below) throws IOException {
    day(folder, "2024-05-01", row("x.jpg", "true", "false"));
    day(folder, "2024-05-02", row("y.jpg", "true", "false"));

    assertThatThrownBy(() -> list(Path.of(folder + "/prefix/pictures/all" + below)))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("may have the files of many days: give the manifest.json of one")
        .hasMessageContaining("/2024-05-02T01-00Z/manifest.json");
  }

  @Test
  void aFolderOfDataAloneIsRefused() throws IOException {
    day(folder, "2024-05-01", row("x.jpg", "true", "false"));
    day(folder, "2024-05-02", row("y.jpg", "true", "false"));
    Path data = Files.move(folder.resolve("prefix/pictures/all/data"), folder.resolve("alone"));

    assertThatThrownBy(() -> list(data, "[" + SCHEMA + "]"))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("maybe of many days: give the manifest.json");
    assertThat(list(data.resolve("2024-05-01.csv.gz"), "[" + SCHEMA + "]"))
        .containsOnlyKeys("x.jpg");
  }

  @Test
  void aManifestThatCannotBeFollowedIsRefused() throws IOException {
    Path manifest = day(folder, "2024-05-01", row("x.jpg", "true", "false"));
    Path sum = manifest.resolveSibling("manifest.checksum");
    Files.writeString(sum, "0".repeat(32));
    assertThatThrownBy(() -> list(manifest))
        .hasMessageContaining("the manifest.checksum beside it");
    Files.delete(sum);
    manifest(folder, "2024-05-01", "Avro", SCHEMA, "k");
    assertThatThrownBy(() -> list(manifest))
        .hasMessageContaining("fileFormat 'Avro': S3 Inventory");
    manifest(folder, "2024-05-01", "CSV", SCHEMA, "prefix/data/none.csv.gz");
    assertThatThrownBy(() -> list(manifest))
        .hasMessageContaining("names the file prefix/data/none.csv.gz, which is not there");
    manifest(
        folder, "2024-05-01", "CSV", "Bucket, Key", "prefix/pictures/all/data/2024-05-01.csv.gz");
    assertThatThrownBy(() -> list(manifest))
        .hasMessageContaining(
            "has 8 columns; fileSchema in its manifest.json names 2 (Bucket, Key)");
    Files.writeString(manifest, "words");
    assertThatThrownBy(() -> list(manifest))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("manifest.json cannot be read: ");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "b,k.jpg,1,x,e;b,k.jpg,1 | row 2 of file:.*t.csv has more or fewer fields than",
        "b,k.jpg,1,x,e;b,k.jpg,1,x,e,f | row 2 of .* has more or fewer fields than",
        "b,k.jpg,1,x,e;b,,1,x,e | row 2 of .*t.csv has no bucket or no key",
        "b,k.jpg,1,x,e;,k.jpg,1,x,e | row 2 of .*t.csv has no bucket or no key",
        "b,k.jpg,many,x,e | row 1 of .*t.csv has the size 'many' for k.jpg, which must be a number",
        "b,k.jpg,-1,x,e | row 1 of .* has the size '-1'",
        "b,%zz.jpg,1,x,e | row 1 of .*t.csv has the key %zz.jpg, which is not URL-encoded",
        "b,%FF.jpg,1,x,e | row 1 of .*t.csv has the key %FF.jpg, which is not URL-encoded UTF-8",
        "b,k%4.jpg,1,x,e | which is not URL-encoded",
        "a:b@c,k.jpg,1,x,e | row 1 of .* has a bucket with /, @ or : in it",
        "bucket,key,size,e_tag,is_latest;b,k.jpg,1,e,maybe | row 1 of .* has is_latest 'maybe',"
            + " which must",
        "bucket,key,e_tag;b,k.jpg,e;b,j.jpg | row 2 of .* has more or fewer fields",
      })
  void aBrokenRowIsNamed(String text, String pattern) throws IOException {
    Path table = Files.writeString(folder.resolve("t.csv"), text.replace(';', '\n'));

    assertThatThrownBy(() -> TaskFailures.unwrap(() -> list(table)))
        .isInstanceOf(InputException.class)
        .message()
        .containsPattern("^Inventory: .*" + pattern);
  }

  @Test
  void aFileThatEndsInItsMiddleIsToldInASentence() throws IOException {
    Path whole = folder.resolve("whole.csv.gz");
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(whole))) {
      for (int i = 0; i < 10_000; i++) {
        out.write(("b,k" + i + ".jpg,1,x,e" + i * 7919 + "\n").getBytes(StandardCharsets.UTF_8));
      }
    }
    byte[] bytes = Files.readAllBytes(whole);
    Path half = Files.write(folder.resolve("half.csv.gz"), Arrays.copyOf(bytes, bytes.length / 2));

    assertThatThrownBy(() -> TaskFailures.unwrap(() -> list(half)))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("half.csv.gz cannot be read as csv: behind row ");
  }

  @Test
  void objectsMayBeHeldToFolders() throws IOException {
    Path table = Files.writeString(folder.resolve("t.csv"), "bucket,key,e_tag\nb,in/k.jpg,1\n");

    assertThat(below("s3a://b/in", table).list(LocalSpark.spark()).collect()).hasSize(1);
    assertThatThrownBy(() -> below("s3a://b/i", table).list(LocalSpark.spark()).collect())
        .hasStackTraceContaining("Image 'in/k.jpg' of the catalogue lies at s3a://b/in/k.jpg")
        .hasStackTraceContaining("outside catalogue.roots (s3a://b/i/)");
  }

  private static Catalogue below(String root, Path table) {
    Map<String, String> set =
        Map.of("catalogue.format", "inventory", "catalogue.roots", "[\"" + root + "\"]");
    return Catalogues.of(Settings.load(null, set).with("catalogue.uri", table.toString()));
  }

  /** Hadoop would read another object than the one that is listed. */
  @ParameterizedTest
  @ValueSource(strings = {"a//b.jpg", "/a.jpg", "a/../b.jpg", "../b.jpg", "./b.jpg"})
  void aKeyThatHadoopCannotSayIsListedAndNeverReadAsAnother(String key) throws IOException {
    Path table = Files.writeString(folder.resolve("t.csv"), "bucket,key,e_tag\nb," + key + ",1\n");
    ListedImage image = list(table).get(key);

    assertThatThrownBy(
            () ->
                new CatalogueImage(key, image.uri(), image.version(), 10, new Configuration())
                    .read())
        .isInstanceOf(UnreadableException.class)
        .hasMessageContaining("its URI has empty steps, or . or .. as one");
  }
}
