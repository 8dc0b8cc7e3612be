package dev.remap.jobs.upkeep.verify;

import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.run.LostFilesException;
import dev.remap.jobs.stage.compact.CompactJob;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.StoreException;
import dev.remap.jobs.store.layer.Layer;
import dev.remap.jobs.store.layer.LayerChain;
import dev.remap.jobs.store.layer.LayerId;
import dev.remap.jobs.store.layer.Ledger;
import dev.remap.jobs.store.layer.Plan;
import dev.remap.jobs.table.LayerBooks;
import dev.remap.jobs.table.Tables;
import dev.remap.jobs.upkeep.verify.Finding.Cure;
import dev.remap.jobs.upkeep.verify.Finding.Problem;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Looks for layers whose books do not balance: those whose units are all done and that have no
 * ledger, which the job that makes them refuses, and those that a compaction wrote and that can be
 * compared with what they were merged from.
 */
record BooksScan(JobContext context) {

  /** One finding for each, by the path of its ledger. */
  List<Finding> findings() {
    List<Finding> findings = new ArrayList<>();
    layers().forEach(layer -> objection(layer).ifPresent(how -> findings.add(finding(layer, how))));
    return findings;
  }

  private Stream<Layer> layers() {
    Store store = context.store();
    return Tables.of(store)
        .flatMap(
            table ->
                store.list(table.folder()).stream()
                    .filter(LayerId::isName)
                    .map(name -> new Layer(store, table.layer(name).folder())));
  }

  /** What cannot be read, here or below, is a finding of its own. */
  private Optional<String> objection(Layer layer) {
    try {
      return candidate(layer).flatMap(ledger -> LayerBooks.objection(context, ledger));
    } catch (StoreException e) {
      if (e.getCause() instanceof IOException && e.lost().isEmpty()) {
        throw e;
      }
      return e.lost().isPresent() ? Optional.empty() : Optional.of(e.getMessage());
    } catch (LostFilesException e) {
      return Optional.empty();
    }
  }

  private Optional<Ledger> candidate(Layer layer) {
    boolean merged = LayerChain.isMerged(layer.folder());
    if (merged && !CompactJob.canMakeAgain(context.store(), layer.folder())) {
      return Optional.empty();
    }
    Optional<Ledger> ledger = layer.ledger();
    if (ledger.isPresent()) {
      return ledger.filter(there -> merged);
    }
    Optional<Plan> plan = layer.plan();
    return plan.filter(there -> layer.pending(there).isEmpty()).map(layer::folded);
  }

  private static Finding finding(Layer layer, String how) {
    List<String> remove = new ArrayList<>();
    remove.add(layer.ledgerPath());
    layer.recordedUnits().map(layer::recordPath).forEach(remove::add);
    return new Finding(layer.ledgerPath(), Problem.CONTRADICTORY, how, Cure.REMAKE, remove);
  }
}
