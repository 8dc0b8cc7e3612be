package dev.remap.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remap.jobs.run.LocalSpark;
import dev.remap.jobs.store.row.SnapshotRow;
import dev.remap.jobs.store.row.VectorRow;
import dev.remap.jobs.store.segment.RowFormat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The same pictures, however they are packed, are the same to everything that follows. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class InputFormatsTest {
  private static final long SEED = 9;
  private static final int FOLDERS = 3;
  private static final int EACH = 4;

  private Path folder;
  private Path pictures;
  private Map<String, List<Float>> expected;

  @BeforeAll
  void describeTheFolder(@TempDir Path temporary) {
    folder = temporary;
    pictures = folder.resolve("pictures");
    Pictures.folders(pictures, FOLDERS, EACH, SEED);
    expected = described("folder", pictures, "auto", UnaryOperator.identity());
    assertThat(expected).hasSize(FOLDERS * EACH);
  }

  private Map<String, List<Float>> described(
      String name, Path catalogue, String format, UnaryOperator<String> picture) {
    Remap remap =
        new Remap(folder.resolve("store of " + name)).tinyBackbone(folder.resolve("tiny"));
    remap.succeed("snapshot", "--catalogue", catalogue.toString(), "--format", format);
    remap.succeed("extract");
    Tables tables = new Tables(remap.store());
    var ledger = tables.ledger(tables.only("descriptors") + "/00000001");
    Map<String, List<Float>> vectors = new TreeMap<>();
    for (VectorRow row : tables.rows(ledger, "descriptors", RowFormat.descriptors(9))) {
      List<Float> vector = new ArrayList<>();
      for (float value : row.vector()) {
        vector.add(value);
      }
      vectors.put(picture.apply(row.imageId()), vector);
    }
    return vectors;
  }

  private static void tar(Path tar, Path from, String what) throws Exception {
    Files.createDirectories(tar.getParent());
    Process process =
        new ProcessBuilder("tar", "-cf", tar.toString(), "-C", from.toString(), what)
            .inheritIO()
            .start();
    assertThat(process.waitFor()).isZero();
  }

  @Test
  void tarFilesGiveTheSameDescriptors() throws Exception {
    for (int i = 0; i < FOLDERS; i++) {
      tar(folder.resolve("shards/" + i + ".tar"), pictures, "g0" + i);
    }

    assertThat(described("tars", folder.resolve("shards"), "webdataset", id -> id.substring(6)))
        .isEqualTo(expected);
  }

  @Test
  void aTableOfImagesGivesTheSameDescriptors() throws IOException {
    for (String codec : List.of("uncompressed", "snappy")) {
      Path table = folder.resolve(codec + ".parquet");
      write(table, codec);
      assertThat(described(codec, table, "auto", UnaryOperator.identity())).isEqualTo(expected);
    }
  }

  private void write(Path table, String codec) throws IOException {
    List<Row> rows = new ArrayList<>();
    for (String id : expected.keySet()) {
      rows.add(RowFactory.create(id, Files.readAllBytes(pictures.resolve(id))));
    }
    LocalSpark.sharedSession()
        .createDataFrame(
            rows,
            new StructType()
                .add("image_id", DataTypes.StringType)
                .add("bytes", DataTypes.BinaryType))
        .write()
        .option("compression", codec)
        .parquet(table.toString());
  }

  @Test
  void membersAreListedWithTheirPlaceAndADamagedShardFailsTheSnapshot() throws Exception {
    Path shards = folder.resolve("damaged");
    tar(shards.resolve("good.tar"), pictures, "g00");
    Remap remap = new Remap(folder.resolve("store of damaged"));
    remap.succeed("snapshot", "--catalogue", shards.toString(), "--format", "webdataset");
    Tables tables = new Tables(remap.store());
    List<SnapshotRow> rows =
        tables.rows(tables.ledger("snapshots/00000001"), "snapshot", RowFormat.snapshot());
    assertThat(rows).hasSize(EACH).allSatisfy(row -> assertThat(row.offset()).isPresent());

    byte[] whole = Files.readAllBytes(shards.resolve("good.tar"));
    Files.write(shards.resolve("cut.tar"), java.util.Arrays.copyOf(whole, whole.length / 2));

    remap
        .run("snapshot", "--catalogue", shards.toString(), "--format", "webdataset")
        .assertRefused(2, "Shard cut.tar: ", "cut short");
    assertThat(remap.store().resolve("snapshots/00000002")).doesNotExist();
  }

  @Test
  void twoMembersOfOneNameAreRefused() throws Exception {
    Path shard = folder.resolve("twice/a.tar");
    tar(shard, pictures, "g00/p000.jpg");
    Process append =
        new ProcessBuilder(
                "tar", "-rf", shard.toString(), "-C", pictures.toString(), "g00/p000.jpg")
            .start();
    assertThat(append.waitFor()).isZero();

    new Remap(folder.resolve("store of twice"))
        .run("snapshot", "--catalogue", shard.toString())
        .assertRefused(2, "lists image ids more than once", "a.tar/g00/p000.jpg");
  }
}
