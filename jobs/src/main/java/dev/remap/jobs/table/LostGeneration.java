package dev.remap.jobs.table;

import dev.remap.jobs.config.CommandText;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.run.JobFailedException;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.StoreException;
import dev.remap.jobs.store.StoreException.Damage;
import dev.remap.jobs.store.artifact.Artifacts;
import dev.remap.jobs.store.publication.Publication;
import java.util.Optional;

/**
 * A live generation that cannot be read, since a file of it is missing or damaged.
 *
 * @param number of the generation
 */
record LostGeneration(JobContext context, String index, int number) {
  /** Says so, and what to do. */
  JobFailedException because(StoreException failure) {
    String how = failure.damage().map(Damage::how).orElse("it does not exist");
    // What is damaged stays in the way of the next build until a repair has removed it.
    Optional<Integer> before = failure.damage().isPresent() ? Optional.empty() : before();
    return new JobFailedException(
        "The live generation %d of '%s' cannot be read (%s: %s). Run `%s` and the commands that it"
            + " names%s; then run this again",
        number,
        index,
        failure.lost().orElseThrow(),
        how,
        context.line("verify").with("--repair"),
        before.map(earlier -> ", or go back with `" + rollback(earlier) + "`").orElse(""));
  }

  private CommandText rollback(int generation) {
    return context.line("rollback", index).with("--generation", generation);
  }

  /** The last one before it that was live and is still there. */
  private Optional<Integer> before() {
    Store store = context.store();
    return new Publication(store, index)
        .all().stream()
            .map(Generation::number)
            .filter(earlier -> earlier != number)
            .filter(earlier -> store.exists(manifest(earlier)))
            .reduce((first, second) -> second);
  }

  private String manifest(int generation) {
    return Artifacts.manifestPath(Generation.folder(index, generation));
  }
}
