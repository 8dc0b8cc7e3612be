package dev.remap.jobs.upkeep.verify;

import dev.remap.jobs.store.Inputs;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.StoreException;
import dev.remap.jobs.store.layer.Layer;
import dev.remap.jobs.store.layer.Ledger;
import dev.remap.jobs.store.layer.Plan;
import dev.remap.jobs.table.ShardLayout;
import dev.remap.jobs.upkeep.verify.Finding.Cure;
import dev.remap.jobs.upkeep.verify.Finding.Problem;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Looks at the plan and the ledger of one layer, and tells which units are to be checked by tasks.
 * A layer that is still being made is no damage, nor is one that lacks nothing but its ledger, as
 * long as nothing was made from it: a run may just have been killed there, or be at it.
 */
final class LayerScan {
  private final Store store;
  private final Layer layer;
  private final int dimension;
  private final List<Finding> findings = new ArrayList<>();
  private final List<Inputs> inputs = new ArrayList<>();
  private Set<Integer> recorded;
  private boolean isUnfinished;
  private boolean lacksLedger;

  /**
   * @param dimension values of a vector of the layer, 0 if it has none or that is not known
   */
  LayerScan(Store store, String folder, int dimension) {
    this.store = store;
    this.layer = new Layer(store, folder);
    this.dimension = dimension;
  }

  /** What is wrong with plan and ledger, once {@link #checks} was called. */
  List<Finding> findings() {
    return findings;
  }

  String folder() {
    return layer.folder();
  }

  /** Whether all units are done and the ledger is not there, once {@link #checks} was called. */
  boolean isUnfinished() {
    return isUnfinished;
  }

  /**
   * Whether no ledger is there, damaged or not, once {@link #checks} was called; looked at again,
   * as a run may have finished the layer since. What a collection has claimed may lack it.
   */
  boolean lacksLedger() {
    return lacksLedger
        && !store.exists(layer.ledgerPath())
        && (isUnfinished || !layer.claims().areThere());
  }

  /**
   * Something was made from it, so it was finished once. Where records are gone too, or were taken
   * away by a repair, units have to be done again.
   */
  void requireFinished() {
    findings.add(
        new Finding(
            layer.ledgerPath(),
            Problem.MISSING,
            "something was made from the layer",
            isUnfinished ? Cure.RESTORE : Cure.REMAKE,
            List.of()));
  }

  /** Whether a plan, a ledger or a record is, once {@link #checks} was called. */
  boolean isThere() {
    return !lacksLedger || !recorded.isEmpty() || store.exists(layer.planPath());
  }

  /** What plan and ledger say that it is made from, once {@link #checks} was called. */
  List<Inputs> inputs() {
    return inputs;
  }

  /** The units to be checked. */
  List<Check> checks() {
    recorded = layer.recordedUnits().collect(Collectors.toSet());
    int before = findings.size();
    Optional<Ledger> ledger = read(layer::ledger, layer.ledgerPath());
    boolean damagedLedger = findings.size() > before;
    Optional<Plan> plan = read(layer::plan, layer.planPath());
    ledger.ifPresent(there -> inputs.add(there.inputs()));
    plan.ifPresent(there -> inputs.add(there.inputs()));
    if (ledger.isPresent()) {
      compare(plan, ledger.get());
    } else if (!damagedLedger) {
      lacksLedger = true;
      lookForMissing(plan);
    }
    String folder = layer.folder();
    return ledger.isPresent()
        ? ledger.get().units().stream()
            .<Check>map(unit -> UnitCheck.of(folder, unit, layout(ledger.get()), dimension))
            .toList()
        : recorded.stream()
            .sorted()
            .<Check>map(unit -> UnitCheck.of(folder, unit, dimension))
            .toList();
  }

  private static ShardLayout layout(Ledger ledger) {
    return ShardLayout.of(ledger.inputs());
  }

  private <T> Optional<T> read(Supplier<Optional<T>> reading, String path) {
    try {
      return reading.get();
    } catch (StoreException e) {
      findings.add(
          Finding.damaged(store, e.damage().orElseThrow(() -> e), Cure.RESTORE, List.of(path)));
      return Optional.empty();
    }
  }

  private void compare(Optional<Plan> plan, Ledger ledger) {
    if (!ledger.layer().equals(layer.folder())) {
      contradiction(layer.ledgerPath(), "it is of " + ledger.layer());
    }
    if (plan.isPresent()) {
      try {
        Inputs.requireSame("it", plan.get().inputs(), "the ledger", ledger.inputs());
        plan.get().requireUnits(ledger);
      } catch (StoreException e) {
        contradiction(layer.planPath(), e.getMessage());
      }
    } else if (!store.exists(layer.planPath())) {
      missing(layer.planPath(), "the layer is complete");
    }
  }

  private void lookForMissing(Optional<Plan> plan) {
    if (plan.isPresent() && layer.pending(plan.get()).isEmpty()) {
      isUnfinished = true;
    } else if (plan.isEmpty() && !store.exists(layer.planPath()) && !recorded.isEmpty()) {
      missing(layer.planPath(), "units are done");
    }
  }

  private void contradiction(String path, String how) {
    findings.add(new Finding(path, Problem.CONTRADICTORY, how, Cure.RESTORE, List.of(path)));
  }

  private void missing(String path, String how) {
    findings.add(new Finding(path, Problem.MISSING, how, Cure.RESTORE, List.of()));
  }
}
