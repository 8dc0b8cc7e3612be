package dev.remap.jobs.stage.publish;

import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.run.JobFailedException;
import dev.remap.jobs.store.Claims;
import dev.remap.jobs.store.Concurrently;
import dev.remap.jobs.store.NumberedFolders;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.StoreException;
import dev.remap.jobs.store.publication.Publication;
import dev.remap.jobs.store.publication.Published;
import dev.remap.jobs.store.publication.Verdict;
import dev.remap.jobs.store.publication.VerdictCheck;
import dev.remap.jobs.table.Generation;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;

/**
 * The look at a generation's files after it was made live. It was looked at before, but that takes
 * its time, and an older generation may be collected as garbage meanwhile. Then what was live
 * before is made live again.
 */
record PostPublishCheck(JobContext context, Generation generation) {
  private static final String CHECK = "files";

  /** Refuses a generation that is not worth a first look. */
  void requireUnclaimed() {
    if (claims().areThere()) {
      throw new JobFailedException(
          "Generation %d of '%s' is being collected as garbage: run gc again (`%s`),"
              + " which finishes it, or lets go of it if it is kept",
          generation.number(), generation.index(), context.line("gc").with("--delete"));
    }
  }

  /**
   * Looks, after the entry in the log was made.
   *
   * @throws JobFailedException if the generation cannot stay live
   * @throws StoreException if the storage fails, which is no reason to take a generation back
   */
  void take(Published published) {
    if (Generation.number(published) != generation.number()) {
      // Somebody has published another one since, which is theirs to look at.
      return;
    }
    trouble(published)
        .ifPresent(
            trouble -> {
              throw new JobFailedException(
                  "Generation %d of '%s' was published as number %d, but %s: %s",
                  generation.number(),
                  generation.index(),
                  published.number(),
                  trouble,
                  retreat(published, trouble));
            });
  }

  private Claims claims() {
    return new Claims(context.store(), generation.folder());
  }

  private Optional<String> trouble(Published published) {
    try {
      return look(published);
    } catch (StoreException e) {
      if (e.lost().isPresent()) {
        return Optional.of(e.getMessage());
      }
      throw new StoreException(
          "Generation %d of '%s' is published as number %d and stays live, but was not looked at a second time: %s. Once the storage answers, `%s` looks at its files"
              .formatted(
                  generation.number(),
                  generation.index(),
                  published.number(),
                  e.getMessage(),
                  context.line("verify")),
          e);
    }
  }

  private Optional<String> look(Published published) {
    // The claims first: the last of them goes when the files are gone.
    if (claims().areThere()) {
      return Optional.of("it is being collected as garbage");
    }
    Store store = context.store();
    if (!generation.manifestRef(store).equals(published.manifest())) {
      return Optional.of("its manifest is another one by now");
    }
    Concurrently.forEach(generation.shards(store), store::requireLength);
    return Optional.empty();
  }

  /** Makes live again what was live before; returns what came of it. */
  private String retreat(Published published, String trouble) {
    Publication log = new Publication(context.store(), generation.index());
    Optional<Published> before = before(log, published);
    if (before.isEmpty()) {
      return "nothing else was ever live, so publish another one";
    }
    int number = Generation.number(before.get());
    return log.publish(
            before.get().manifest(),
            context.run(),
            Optional.of(published),
            new Anyway(verdict(number, trouble)))
        .map(
            again -> "generation " + number + " is live again (publication " + again.number() + ")")
        .orElse("something else was published meanwhile, see `" + context.line("status") + "`");
  }

  private Optional<Published> before(Publication log, Published published) {
    return log.all().stream()
        .filter(entry -> entry.number() < published.number())
        .filter(entry -> Generation.number(entry) != generation.number())
        .reduce((first, second) -> second);
  }

  private Verdict verdict(int number, String trouble) {
    OptionalDouble none = OptionalDouble.empty();
    String text = "generation " + generation.number() + " could not stay live: " + trouble;
    return new Verdict(
        Verdict.Act.ROLLBACK,
        new TreeMap<>(
            Map.of(
                "generation",
                NumberedFolders.name(number),
                "instead-of",
                NumberedFolders.name(generation.number()))),
        List.of(new VerdictCheck(CHECK, VerdictCheck.Outcome.FAILED, none, none, none, text)));
  }

  /** If something else is live by now, that is not undone. */
  private record Anyway(Verdict why) implements Publication.Gate {
    @Override
    public boolean admits(Optional<Published> live) {
      return false;
    }

    @Override
    public Optional<Verdict> verdict() {
      return Optional.of(why);
    }
  }
}
