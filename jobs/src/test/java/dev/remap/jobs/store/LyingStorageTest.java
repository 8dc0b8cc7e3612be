package dev.remap.jobs.store;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.Headers;
import dev.remap.jobs.config.Settings;
import dev.remap.jobs.run.Console;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.run.LocalSpark;
import dev.remap.jobs.store.layer.Attempt;
import dev.remap.jobs.store.layer.Layer;
import dev.remap.jobs.store.layer.Plan;
import dev.remap.jobs.store.layer.TableKind;
import dev.remap.jobs.store.layer.Unit;
import dev.remap.jobs.store.layer.UnitWriter;
import dev.remap.jobs.store.row.SnapshotRow;
import dev.remap.jobs.store.segment.KeyRange;
import dev.remap.jobs.store.segment.RowFormat;
import dev.remap.jobs.store.segment.Rows;
import dev.remap.jobs.store.segment.SegmentWriter;
import dev.remap.jobs.upkeep.verify.StoreCheck;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An S3 server that says 404 of what is there. */
class LyingStorageTest {
  /** Says so at the first request of each kind for each file, and at many a listing. */
  private static final class Liar implements S3Front.Fault {
    private static final int EVERY = 7;

    private final Set<String> asked = ConcurrentHashMap.newKeySet();
    private final AtomicInteger listings = new AtomicInteger();
    private final AtomicInteger lies = new AtomicInteger();

    @Override
    public int meet(String method, String path, Headers headers) {
      boolean isLook = method.equals("GET") || method.equals("HEAD");
      boolean isListing = path.indexOf('/', 1) < 0 || path.endsWith("/");
      boolean lie =
          isLook
              && (isListing
                  ? listings.incrementAndGet() % EVERY == 0
                  : asked.add(method + " " + path));
      if (lie) {
        lies.incrementAndGet();
      }
      return lie ? 404 : 0;
    }
  }

  @Test
  void isNotBelievedBeforeSeveralLooksAndNothingSoundIsChanged(@TempDir java.nio.file.Path folder)
      throws Exception {
    String root = S3Server.root("store");
    Liar liar = new Liar();
    try (S3Server server = S3Server.start(folder.resolve("blobs"));
        S3Front front = new S3Front(server.endpoint(), liar)) {
      Store direct = Store.openOrCreate(root, server.configuration(folder.resolve("buffers")));
      Layer layer = snapshot(direct);
      Set<String> before = files(direct);
      Configuration lying = S3Server.configuration(front.endpoint(), folder.resolve("buffers"));

      Store naive = Store.openAny(root, lying);
      assertThat(naive.exists(layer.planPath())).as("what is said first").isFalse();
      Store doubting = Store.openAny(root, lying).doubting();
      assertThat(doubting.exists(layer.recordPath(0))).isTrue();
      assertThat(doubting.readIfPresent(layer.ledgerPath(), 1 << 20)).isPresent();
      assertThat(doubting.exists("never/there.json")).isFalse();

      assertThat(verify(root, lying)).contains("all is well");
      assertThat(liar.lies).hasPositiveValue();
      assertThat(files(direct)).isEqualTo(before);
    }
  }

  private static Layer snapshot(Store store) {
    Layer layer = new Layer(store, TableKind.SNAPSHOTS.only().layer("00000001").folder());
    Unit unit = new Unit(0, KeyRange.ALL, 5);
    Plan plan = layer.createPlan(new Plan(Inputs.NONE, List.of(unit)));
    try (UnitWriter writer = new UnitWriter(layer, unit, new Attempt("run", 1), "x")) {
      SegmentWriter<SnapshotRow> segment =
          writer.segment(layer.folder(), RowFormat.snapshot(), Map.of());
      Rows.snapshot(5, KeyRange.ALL, new Random(20270204)).forEach(segment::write);
      writer.commit(Map.of("listed", 5L));
    }
    layer.fold(plan, "x");
    return layer;
  }

  private static Set<String> files(Store store) {
    Set<String> files = new TreeSet<>();
    store.tree().walk("snapshots", file -> files.add(file.path() + " " + file.modified()));
    return files;
  }

  private static String verify(String root, Configuration conf) {
    LocalSpark.use("local[2]");
    Configuration defaults = new Configuration();
    Map<String, String> own = new TreeMap<>();
    for (Map.Entry<String, String> setting : conf) {
      if (!setting.getValue().equals(defaults.getRaw(setting.getKey()))) {
        own.put("spark.hadoop." + setting.getKey(), setting.getValue());
      }
    }
    own.forEach(System::setProperty);
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    Console console = new Console(new PrintStream(said, true, StandardCharsets.UTF_8));
    Settings settings = Settings.load(null, Map.of("store", root, "unit.retry-wait", "0s"));
    try (JobContext context = JobContext.openAny("verify", settings, console)) {
      new StoreCheck(context, StoreCheck.Mode.REPAIR).execute();
    } finally {
      own.keySet().forEach(System::clearProperty);
    }
    return said.toString(StandardCharsets.UTF_8);
  }
}
