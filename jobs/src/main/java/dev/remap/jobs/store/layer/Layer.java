package dev.remap.jobs.store.layer;

import dev.remap.jobs.store.ByteSource;
import dev.remap.jobs.store.Claims;
import dev.remap.jobs.store.Concurrently;
import dev.remap.jobs.store.Inputs;
import dev.remap.jobs.store.KillPoint;
import dev.remap.jobs.store.Sha256;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.StoreException;
import dev.remap.jobs.store.StorePath;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The folder in which one layer comes about: its plan, then the records of its units in any order,
 * then its ledger. Each is created at most once; whoever is second takes what is there.
 */
public final class Layer {
  private static final Pattern RECORD = Pattern.compile("u([0-9]{6,8})\\.json");
  private static final int MAX_RECORD_BYTES = 1 << 20;
  private static final int MAX_LIST_BYTES = 1 << 30;

  private final Store store;
  private final String folder;

  /**
   * A layer that may or may not exist.
   *
   * @param folder as {@link dev.remap.jobs.store.Layout} names it
   */
  public Layer(Store store, String folder) {
    this.store = store;
    this.folder = StorePath.check(folder);
  }

  public String folder() {
    return folder;
  }

  Store store() {
    return store;
  }

  /** The plan, once there is one. */
  public Optional<Plan> plan() {
    return store
        .readIfPresent(planPath(), MAX_LIST_BYTES)
        .map(bytes -> Plan.parse(store.locate(planPath()), bytes));
  }

  /**
   * Fixes the plan, unless an earlier run has: then that one is returned, and must be made from the
   * same inputs.
   */
  public Plan createPlan(Plan proposed) {
    Plan fixed = firstPlan(proposed);
    Inputs.requireSame(
        store.locate(folder), fixed.inputs(), "what is asked for now", proposed.inputs());
    return fixed;
  }

  /**
   * Fixes the plan unless an earlier run has, and returns the one that counts, whatever it is made
   * from.
   */
  public Plan firstPlan(Plan proposed) {
    claims().requireNone();
    boolean created = store.create(planPath(), proposed.toBytes());
    // Once more: a collection claims a folder first, and looks at what is in it then.
    if (created && claims().areThere()) {
      store.deleteQuietly(planPath());
    }
    claims().requireNone();
    return created ? proposed : plan().orElseThrow(() -> missing(planPath()));
  }

  /** Who comes first in its folder. */
  public Claims claims() {
    return new Claims(store, folder);
  }

  /** Refuses a layer that was collected as garbage. */
  void requirePlan() {
    if (!store.doubting().exists(planPath())) {
      throw new StoreException(
          store.locate(folder) + " was collected as garbage meanwhile: run the job again");
    }
  }

  /** The units of the plan that have no record yet. */
  public List<Unit> pending(Plan plan) {
    Set<Integer> done = recordedUnits().collect(Collectors.toSet());
    return plan.units().stream().filter(unit -> !done.contains(unit.number())).toList();
  }

  /** The record of a unit, once there is one. */
  public Optional<UnitRecord> record(int unit) {
    String path = recordPath(unit);
    Optional<UnitRecord> record =
        store
            .readIfPresent(path, MAX_RECORD_BYTES)
            .map(bytes -> UnitRecord.parse(store.locate(path), bytes));
    if (record.isPresent() && record.get().unit() != unit) {
      throw StoreException.damaged(store.locate(path), "it is of unit " + record.get().unit());
    }
    return record;
  }

  /** All records there are, by unit. */
  public List<UnitRecord> records() {
    return Concurrently.map(
        recordedUnits().sorted().toList(),
        unit -> record(unit).orElseThrow(() -> missing(recordPath(unit))));
  }

  /** The numbers of the units that have a record. */
  public Stream<Integer> recordedUnits() {
    return store.list(folder + "/records").stream()
        .map(RECORD::matcher)
        .filter(Matcher::matches)
        .map(matcher -> Integer.valueOf(matcher.group(1)));
  }

  /** Identifies what a record says. */
  public static String digest(UnitRecord record) {
    return Sha256.hex(record.toBytes());
  }

  /** Writes again, from the ledger, the plan and the records that are not there. */
  public void restore(Ledger ledger) {
    if (!store.exists(planPath())) {
      store.create(planPath(), Plan.of(ledger).toBytes());
    }
    Set<Integer> there = recordedUnits().collect(Collectors.toSet());
    ledger.units().stream()
        .filter(record -> !there.contains(record.unit()))
        .forEach(record -> create(record, () -> {}));
  }

  boolean create(UnitRecord record, Runnable beforeVisible) {
    return store.create(recordPath(record.unit()), ByteSource.of(record.toBytes()), beforeVisible);
  }

  /** The ledger, once the layer is complete. */
  public Optional<Ledger> ledger() {
    return store
        .readIfPresent(ledgerPath(), MAX_LIST_BYTES)
        .map(bytes -> Ledger.parse(store.locate(ledgerPath()), bytes));
  }

  /** The ledger of a layer that must be complete. */
  public Ledger requireLedger() {
    return ledger()
        .orElseThrow(
            () ->
                StoreException.missing(
                    store.locate(ledgerPath()),
                    store.locate(folder) + " is not complete: run the job that makes it"));
  }

  /** The ledger that {@link #fold} would write, of a layer whose units are all done. */
  public Ledger folded(Plan plan) {
    return Ledger.of(folder, plan, records());
  }

  /**
   * Completes the layer: folds the records of all units into the ledger, which is the same whoever
   * does it.
   *
   * @param stage names the fault points: {@code before-ledger}, {@code after-ledger}
   */
  public Ledger fold(Plan plan, String stage) {
    return fold(folded(plan), stage);
  }

  /** Writes a ledger that is {@link #folded} already: the layer counts. */
  public Ledger fold(Ledger ledger, String stage) {
    KillPoint.reach(stage + ".before-ledger");
    boolean created =
        claims()
            .announced(
                Claims.unique("ledger"),
                this::requirePlan,
                () -> store.create(ledgerPath(), ledger.toBytes()));
    KillPoint.reach(stage + ".after-ledger");
    if (!created && !requireLedger().equals(ledger)) {
      throw StoreException.damaged(store.locate(ledgerPath()), "the records say something else");
    }
    return ledger;
  }

  private StoreException missing(String path) {
    return new StoreException(
        "The storage said that "
            + store.locate(path)
            + " is there, and then that it is not: run this again");
  }

  /** Where its plan is. */
  public String planPath() {
    return folder + "/plan.json";
  }

  /** Where the record of a unit is. */
  public String recordPath(int unit) {
    return String.format(Locale.ROOT, "%s/records/u%06d.json", folder, unit);
  }

  /** Where its ledger is. */
  public String ledgerPath() {
    return folder + "/ledger.json";
  }
}
