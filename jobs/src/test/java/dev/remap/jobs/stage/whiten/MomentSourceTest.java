package dev.remap.jobs.stage.whiten;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remap.core.whitening.Moments;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.run.LocalSpark;
import dev.remap.jobs.run.LostFilesException;
import dev.remap.jobs.sample.MomentParts;
import dev.remap.jobs.sample.MomentSegment;
import dev.remap.jobs.store.Inputs;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.layer.Attempt;
import dev.remap.jobs.store.layer.KeyPartitioner;
import dev.remap.jobs.store.layer.Layer;
import dev.remap.jobs.store.layer.LayerChain;
import dev.remap.jobs.store.layer.Ledger;
import dev.remap.jobs.store.layer.Plan;
import dev.remap.jobs.store.layer.TableKind;
import dev.remap.jobs.store.layer.Unit;
import dev.remap.jobs.store.layer.UnitWriter;
import dev.remap.jobs.store.row.Change;
import dev.remap.jobs.store.row.VectorRow;
import dev.remap.jobs.store.segment.KeyRange;
import dev.remap.jobs.store.segment.RowFormat;
import dev.remap.jobs.store.segment.SegmentWriter;
import dev.remap.jobs.table.Descriptors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Descriptors whose components are of very different sizes: another order has other bits. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MomentSourceTest {
  private static final long SEED = 13;
  private static final int DIMENSION = 70;
  private static final int IMAGES = 1200;

  private final List<VectorRow> rows = rows();
  private Path folder;
  private JobContext context;

  @BeforeAll
  void start(@TempDir Path temporary) {
    folder = temporary;
    context = LocalSpark.sharing(temporary, Map.of("unit.attempts", "2", "unit.retry-wait", "1ms"));
  }

  @AfterAll
  void stop() {
    context.close();
  }

  private static List<VectorRow> rows() {
    Random random = new Random(SEED);
    List<VectorRow> rows = new ArrayList<>();
    for (int i = 0; i < IMAGES; i++) {
      float[] vector = new float[DIMENSION];
      for (int d = 0; d < DIMENSION; d++) {
        vector[d] = (float) (random.nextGaussian() * Math.scalb(1.0, random.nextInt(30) - 15));
      }
      long key = random.nextLong() >>> 1;
      rows.add(new VectorRow(key, Change.PUT, "image " + i, "1@1", 4, 3, vector));
    }
    rows.sort(Comparator.comparingLong(VectorRow::key));
    return rows;
  }

  private Descriptors write(String extractor, List<Unit> units) {
    Store store = context.store();
    Descriptors descriptors = new Descriptors(extractor, 1, DIMENSION);
    LayerChainFolder folders = new LayerChainFolder(extractor);
    Inputs inputs = Inputs.of(Inputs.LISTING, IMAGES + "-0123456789abcdef");
    Layer layer = new Layer(store, folders.rows());
    Plan plan = layer.createPlan(new Plan(inputs, units));
    MomentParts parts = MomentParts.of(inputs, DIMENSION);
    Map<String, String> origin = Map.of("extractor", extractor);
    for (Unit unit : units) {
      try (UnitWriter writer = new UnitWriter(layer, unit, new Attempt("test", 0), "test")) {
        SegmentWriter<VectorRow> segment =
            writer.segment(folders.rows(), descriptors.format(), origin);
        Optional<MomentSegment> moments =
            MomentSegment.of(
                parts,
                unit.range(),
                () -> writer.segment(folders.moments(), RowFormat.moments(DIMENSION), origin));
        for (VectorRow row : rows) {
          if (unit.range().contains(row.key())) {
            segment.write(row);
            moments.ifPresent(it -> it.add(row.key(), row.vector()));
          }
        }
        moments.ifPresent(MomentSegment::finish);
        writer.commit(Map.of("descriptors", segment.rows()));
      }
    }
    layer.fold(plan, "test");
    return descriptors;
  }

  private record LayerChainFolder(String extractor) {
    String rows() {
      return TableKind.DESCRIPTORS.of(extractor).layer(1).folder();
    }

    String moments() {
      return TableKind.DESCRIPTORS.of(extractor).layer(1).folder("moments");
    }
  }

  private MomentSource source(Descriptors descriptors) {
    return MomentSource.of(context.store(), descriptors);
  }

  /** Parts of their own, added as the tree over them says, by hand. */
  private double[][] expected() {
    MomentParts parts = new MomentParts(IMAGES, DIMENSION);
    assertThat(parts.count()).isEqualTo(16);
    List<Moments> level = new ArrayList<>();
    for (long part = 0; part < 16; part++) {
      Moments moments = Moments.full(DIMENSION);
      KeyRange range = parts.range(part);
      rows.stream().filter(row -> range.contains(row.key())).forEach(r -> moments.add(r.vector()));
      level.add(moments);
    }
    while (level.size() > 1) {
      List<Moments> above = new ArrayList<>();
      for (int i = 0; i < level.size(); i += 2) {
        level.get(i).merge(level.get(i + 1));
        above.add(level.get(i));
      }
      level = above;
    }
    double[][] sums = new double[DIMENSION + 1][];
    sums[0] = level.get(0).sum();
    for (int i = 0; i < DIMENSION; i++) {
      sums[i + 1] = level.get(0).row(i);
    }
    return sums;
  }

  @Test
  void sumsHaveTheSameBitsWhateverTheUnitsAndTheBlocks() {
    double[][] expected = expected();
    for (int units : new int[] {1, 2, 8, 16, 32, 64}) {
      MomentSource source = source(write("nodes" + units, KeyPartitioner.ranges(IMAGES, units)));
      assertThat(source)
          .as("%d units", units)
          .isInstanceOf(units <= 16 ? StoredMoments.class : DescriptorMoments.class);
      for (long bytes : new long[] {3000, MomentSource.BLOCK_BYTES}) {
        MomentSums sums = source.sum(context, bytes);
        assertThat(sums.count()).isEqualTo(IMAGES);
        assertThat(sums.rows())
            .as("%d units, blocks of %d, seed %d", units, bytes, SEED)
            .isDeepEqualTo(expected);
      }
    }
    MomentSource uneven = source(write("uneven", KeyPartitioner.even(IMAGES, 500)));
    assertThat(uneven.groups()).isEqualTo(16);
    assertThat(uneven.sum(context, 9000).rows()).isDeepEqualTo(expected);
  }

  @Test
  void aDamagedDescriptorIsNoticedWhereTheyAreRead() throws IOException {
    Descriptors descriptors = write("damaged", KeyPartitioner.ranges(IMAGES, 64));
    Ledger ledger =
        LayerChain.of(context.store(), "descriptors/damaged", 1).newest(context.store());
    Path file =
        folder.resolve(
            ledger.segments("descriptors", KeyRange.ALL).toList().get(40).segment().path());
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length / 2] ^= 16;
    Files.write(file, bytes);
    assertThatThrownBy(() -> source(descriptors).sum(context, 9000))
        .isInstanceOf(LostFilesException.class)
        .hasMessageContaining(file.getFileName().toString());
  }
}
