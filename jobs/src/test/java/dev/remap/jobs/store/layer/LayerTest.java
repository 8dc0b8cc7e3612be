package dev.remap.jobs.store.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remap.jobs.store.Golden;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.StoreException;
import dev.remap.jobs.store.segment.KeyRange;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LayerTest {
  @TempDir private Path folder;
  private Layer layer;

  @BeforeEach
  void open() {
    Store store = Store.openOrCreate(folder.toString(), new Configuration());
    layer = new Layer(store, TableKind.VECTORS.of("w1").layer("s1").folder());
  }

  @Test
  void hasNothingAtFirst() {
    assertThat(layer.plan()).isEmpty();
    assertThat(layer.ledger()).isEmpty();
    assertThat(layer.records()).isEmpty();
    assertThat(layer.record(0)).isEmpty();
    assertThatThrownBy(layer::requireLedger)
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("vectors/w1/s1 is not complete");
  }

  @Test
  void keepsTheFirstPlanWhateverLaterRunsWouldCut() {
    Plan first = Plans.even(4, "w1");

    assertThat(layer.createPlan(first)).isEqualTo(first);
    assertThat(layer.createPlan(Plans.even(9, "w1"))).isEqualTo(first);
    assertThat(layer.plan()).contains(first);
  }

  @Test
  void refusesAPlanOfOtherInputsNamingBoth() {
    layer.createPlan(Plans.even(4, "w1"));

    assertThatThrownBy(() -> layer.createPlan(Plans.even(4, "w2")))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("whitening w1")
        .hasMessageContaining("from w2");
  }

  @Test
  void givesRacingRunsOnePlan() throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(8);
    List<Callable<Plan>> runs =
        IntStream.rangeClosed(1, 8)
            .<Callable<Plan>>mapToObj(n -> () -> layer.createPlan(Plans.even(n, "w1")))
            .toList();
    List<Future<Plan>> plans = pool.invokeAll(runs);
    pool.shutdown();

    for (Future<Plan> plan : plans) {
      assertThat(plan.get()).isEqualTo(layer.plan().orElseThrow());
    }
  }

  @Test
  void knowsWhichUnitsAreNotDone() {
    Plan plan = layer.createPlan(Plans.even(3, "w1"));
    layer.create(record(plan.units().get(1), 5), () -> {});

    assertThat(layer.pending(plan)).extracting(Unit::number).containsExactly(0, 2);
    assertThat(layer.records()).extracting(UnitRecord::unit).containsExactly(1);
    assertThatThrownBy(() -> layer.fold(plan, "project"))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("Unit 0 of vectors/w1/s1 is not done");
    assertThat(layer.ledger()).isEmpty();
  }

  @Test
  void foldsAllRecordsIntoOneLedger() {
    Plan plan = layer.createPlan(Plans.even(3, "w1"));
    plan.units().forEach(unit -> layer.create(record(unit, unit.number()), () -> {}));

    Ledger ledger = layer.fold(plan, "project");

    assertThat(layer.ledger()).contains(ledger);
    assertThat(layer.fold(plan, "project")).as("again, by another run").isEqualTo(ledger);
    assertThat(ledger.counts()).isEqualTo(Map.of("vectors", 3L, "units", 3L));
    assertThat(ledger.units()).extracting(UnitRecord::unit).containsExactly(0, 1, 2);
    assertThat(layer.pending(plan)).isEmpty();
  }

  @Test
  void writesTheLedgerAsTheGoldenFileHasIt() throws Exception {
    Plan plan = layer.createPlan(Plans.even(2, "w1"));
    plan.units().forEach(unit -> layer.create(record(unit, 5), () -> {}));

    Ledger ledger = layer.fold(plan, "project");

    assertThat(Files.readString(folder.resolve("vectors/w1/s1/ledger.json")))
        .isEqualTo(Golden.text("ledger"));
    assertThat(Ledger.parse("golden", Golden.bytes("ledger"))).isEqualTo(ledger);
  }

  @Test
  void refusesRecordsThatThePlanDoesNotKnow() {
    Plan plan = layer.createPlan(Plans.even(2, "w1"));
    plan.units().forEach(unit -> layer.create(record(unit, 5), () -> {}));
    layer.create(record(new Unit(2, new KeyRange(5, 6), 1), 5), () -> {});

    assertThatThrownBy(() -> layer.fold(plan, "project"))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("records of 3 units")
        .hasMessageContaining("plan has 2");
  }

  @Test
  void refusesARecordOfOtherKeysThanThePlans() {
    Plan plan = layer.createPlan(Plans.even(2, "w1"));
    plan.units().forEach(unit -> layer.create(record(unit, 5), () -> {}));

    assertThatThrownBy(() -> Ledger.of("x", Plans.uneven(), layer.records()))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("unit 0 of x is of keys 0..")
        .hasMessageContaining("do not belong together");
  }

  @Test
  void refusesARecordThatStandsUnderAnotherUnitsName() throws Exception {
    Files.createDirectories(folder.resolve("vectors/w1/s1/records"));
    Files.write(folder.resolve("vectors/w1/s1/records/u000004.json"), Golden.bytes("record"));

    assertThatThrownBy(() -> layer.record(4))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("u000004.json")
        .hasMessageContaining("it is of unit 3");
  }

  @Test
  void refusesALedgerThatIsNotWhatTheRecordsSay() throws Exception {
    Plan plan = layer.createPlan(Plans.even(2, "w1"));
    plan.units().forEach(unit -> layer.create(record(unit, 5), () -> {}));
    String other = Golden.unsealed("ledger").replace("\"vectors\":5", "\"vectors\":6");
    Files.writeString(folder.resolve("vectors/w1/s1/ledger.json"), other, StandardCharsets.UTF_8);

    assertThatThrownBy(() -> layer.fold(plan, "project"))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("ledger.json")
        .hasMessageContaining("the records say something else");
  }

  private static UnitRecord record(Unit unit, long vectors) {
    return new UnitRecord(
        unit.number(),
        unit.range(),
        new Attempt("run-1", unit.number()),
        new TreeMap<>(),
        new TreeMap<>(Map.of("vectors", vectors, "units", 1L)));
  }
}
