package dev.remap.jobs.stage.publish;

import dev.remap.jobs.config.CommandText;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.run.JobFailedException;
import dev.remap.jobs.store.publication.Publication;
import dev.remap.jobs.store.publication.Published;
import dev.remap.jobs.table.Generation;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Whether a generation may take the place of the live one. Asked before every try for a number of
 * the log: one that is older takes nothing back that others have brought since, and who went back
 * meanwhile is not overruled.
 *
 * @param seen what was live when the run began that wants to publish
 */
record Succession(
    JobContext context,
    Publication log,
    Generation candidate,
    PublishJob.Purpose purpose,
    Optional<Published> seen) {

  /**
   * Why there is nothing to publish: another run has brought the index as far.
   *
   * @return what it did, in a sentence; nothing if the candidate may be published
   * @throws JobFailedException if it may not, and something is left to do for whoever wanted it
   */
  Optional<String> overtaken(Optional<Published> live) {
    wentBack(live)
        .ifPresent(
            back -> {
              throw overruled(back);
            });
    Optional<Shown> there = live.flatMap(published -> Shown.by(context.store(), published));
    if (there.isEmpty()) {
      return Optional.empty();
    }
    boolean changed = !live.equals(seen);
    return switch (purpose) {
      case UPDATE -> update(there.get(), changed);
      case TRAINING -> training(there.get(), changed);
      case NEWEST, NAMED -> byHand(there.get(), changed);
    };
  }

  /** Whether publishing it takes back what is live, which only who asks for that may do. */
  boolean takesBack(Published live) {
    return Shown.by(context.store(), live)
        .filter(there -> isOlder(there) || isTrainedEarlier(there))
        .isPresent();
  }

  private Optional<String> update(Shown there, boolean changed) {
    if (isOlder(there)) {
      return Optional.of(another(there));
    }
    if (isTrainedEarlier(there)) {
      throw new JobFailedException(
          "Generation %d is not published: another run has published generation %d with a new"
              + " quantizer. Run again: the images are described, so that is quick",
          candidate.number(), there.generation());
    }
    return changed && (isTheSame(there) || isAsNewAsOurFirst(there))
        ? Optional.of(another(there))
        : Optional.empty();
  }

  private Optional<String> training(Shown there, boolean changed) {
    if (isOlder(there)) {
      throw new JobFailedException("The %s. Run it again to train on that", another(there));
    }
    if (changed && isTheSame(there)) {
      return Optional.of(another(there));
    }
    if (changed && isOfNewTraining(there) && !isBehind(there)) {
      throw new JobFailedException(
          "The %s with a new quantizer. Run it again if yours is to take its place",
          another(there));
    }
    return Optional.empty();
  }

  private Optional<String> byHand(Shown there, boolean changed) {
    boolean takesBack = isOlder(there) || isTrainedEarlier(there);
    boolean isNew = isTheSame(there) || (isOfNewTraining(there) && !isBehind(there));
    if (changed && (takesBack || isNew)) {
      throw new JobFailedException(
          "The %s meanwhile. See `%s`, and publish again if you still want to",
          another(there), context.line("status"));
    }
    if (takesBack && purpose == PublishJob.Purpose.NEWEST) {
      throw new JobFailedException(
          "Generation %d of '%s' is not published: it is the newest, but shows snapshot %d by"
              + " quantizer %s, and generation %d is live, of snapshot %d by quantizer %s. `%s`"
              + " takes that back if you want to",
          candidate.number(),
          candidate.index(),
          own().snapshot(),
          own().quantizer(),
          there.generation(),
          there.snapshot(),
          there.quantizer(),
          publishing());
    }
    return Optional.empty();
  }

  private Shown own() {
    return Shown.by(candidate);
  }

  private boolean isOlder(Shown there) {
    return own().snapshot() < there.snapshot();
  }

  private boolean isBehind(Shown there) {
    return own().snapshot() > there.snapshot() && !isTrainedEarlier(there);
  }

  /** A later build of the same. */
  private boolean isTheSame(Shown there) {
    return own().snapshot() == there.snapshot()
        && own().quantizer().equals(there.quantizer())
        && own().generation() < there.generation();
  }

  /** What another run made of nothing, as this one did. */
  private boolean isAsNewAsOurFirst(Shown there) {
    return seen.isEmpty() && own().snapshot() == there.snapshot();
  }

  /** Made by a quantizer that nobody had published when this run began, and that is not ours. */
  private boolean isOfNewTraining(Shown there) {
    Optional<Shown> before = seen.flatMap(published -> Shown.by(context.store(), published));
    return !there.quantizer().equals(own().quantizer())
        && !before.map(Shown::quantizer).equals(Optional.of(there.quantizer()));
  }

  /** Whether our quantizer was published before the other one ever was. */
  private boolean isTrainedEarlier(Shown there) {
    if (there.quantizer().equals(own().quantizer())) {
      return false;
    }
    List<Published> all = log.all();
    Optional<Integer> first = first(all, own().quantizer());
    return first.isPresent() && first.get() < first(all, there.quantizer()).orElse(0);
  }

  private Optional<Integer> first(List<Published> all, String quantizer) {
    return all.stream()
        .filter(
            entry ->
                Shown.by(context.store(), entry)
                    .filter(shown -> shown.quantizer().equals(quantizer))
                    .isPresent())
        .map(Published::number)
        .findFirst();
  }

  /** The last time that somebody went back since this run began. */
  private Optional<Published> wentBack(Optional<Published> live) {
    return IntStream.rangeClosed(
            seen.map(Published::number).orElse(0) + 1, live.map(Published::number).orElse(0))
        .mapToObj(log::entry)
        .filter(PublicationHistory::goesBack)
        .reduce((first, second) -> second);
  }

  private JobFailedException overruled(Published back) {
    return new JobFailedException(
        "Generation %d of '%s' is not published: since this run began, somebody has gone back to"
            + " generation %d (publication %d), which counts. The next reindex publishes what has"
            + " changed in the catalogue since then; `%s` publishes this one",
        candidate.number(),
        candidate.index(),
        Generation.number(back),
        back.number(),
        publishing());
  }

  /** The command by which somebody publishes the candidate whatever is live. */
  private CommandText publishing() {
    return context.line("publish").with("--generation", candidate.number());
  }

  private String another(Shown there) {
    return String.format(
        Locale.ROOT,
        "generation %d of snapshot %d is not published: another run has published generation %d of"
            + " snapshot %d",
        candidate.number(),
        own().snapshot(),
        there.generation(),
        there.snapshot());
  }
}
