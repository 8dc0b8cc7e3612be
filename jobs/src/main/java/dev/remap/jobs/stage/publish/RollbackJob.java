package dev.remap.jobs.stage.publish;

import dev.remap.jobs.config.InputException;
import dev.remap.jobs.run.Counts;
import dev.remap.jobs.run.Job;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.run.JobFailedException;
import dev.remap.jobs.store.FileRef;
import dev.remap.jobs.store.KillPoint;
import dev.remap.jobs.store.Plain;
import dev.remap.jobs.store.StoreException;
import dev.remap.jobs.store.artifact.Artifacts;
import dev.remap.jobs.store.publication.Publication;
import dev.remap.jobs.store.publication.Published;
import dev.remap.jobs.store.publication.Verdict;
import dev.remap.jobs.store.publication.VerdictCheck;
import dev.remap.jobs.table.Generation;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Makes a generation live again that was live before. It is not compared with the live one, as
 * going back is always allowed; its files must be there and whole.
 */
public final class RollbackJob extends Job<RollbackJob.Todo, ShardIntegrity> {
  private final Integer number;
  private final Consumer<String> reached;
  private long publication;

  /**
   * @param generation to go back to; null for what was live before
   */
  public RollbackJob(JobContext context, Integer generation) {
    this(context, generation, KillPoint::reach);
  }

  /**
   * Goes back to a generation.
   *
   * @param reached is told the names of the fault points that the job comes to
   */
  public RollbackJob(JobContext context, Integer generation, Consumer<String> reached) {
    super(context);
    this.number = generation;
    this.reached = reached;
  }

  record Todo(Generation generation, Published live) {}

  @Override
  protected String name() {
    return "rollback";
  }

  @Override
  protected Todo plan() {
    String index = Generation.index(context());
    PublicationHistory past = PublicationHistory.of(context().store(), index);
    Published live =
        past.live()
            .orElseThrow(
                () ->
                    new InputException(
                        "Index '%s' is not published: there is nothing to go back from", index));
    Published wanted = wanted(index, past, Generation.number(live));
    context()
        .console()
        .say(
            "rollback '%s' from generation %d to generation %d",
            index, Generation.number(live), Generation.number(wanted));
    Generation generation = sound(index, wanted);
    new PostPublishCheck(context(), generation).requireUnclaimed();
    return new Todo(generation, live);
  }

  private Published wanted(String index, PublicationHistory past, int live) {
    if (number == null) {
      return past.previous()
          .orElseThrow(
              () ->
                  new InputException(
                      "Generation %d is the first that was live of index '%s': there is no earlier"
                          + " one to go back to",
                      live, index));
    }
    if (number == live) {
      throw new InputException("Generation %d of index '%s' is live already", live, index);
    }
    return past.last(number)
        .orElseThrow(
            () ->
                new InputException(
                    "Generation %d of index '%s' was never live: `%s` checks and publishes it",
                    number, index, context().line("publish", index).with("--generation", number)));
  }

  /** The generation, whose manifest must be the one that was published. */
  private Generation sound(String index, Published wanted) {
    int generation = Generation.number(wanted);
    String folder = Generation.folder(index, generation);
    if (!context().store().exists(Artifacts.manifestPath(folder))) {
      throw unfit(index, generation, "its manifest is gone");
    }
    if (!new Artifacts(context().store()).manifestRef(folder).equals(wanted.manifest())) {
      throw unfit(index, generation, "its manifest is not the one that was published");
    }
    try {
      return Generation.of(context().store(), index, generation);
    } catch (StoreException e) {
      throw unfit(index, generation, e.getMessage());
    }
  }

  private JobFailedException unfit(String index, int generation, String why) {
    return new JobFailedException(
        "Index '%s' cannot go back to generation %d: %s. Another one can be named by --generation;"
            + " `%s` lists them",
        index, generation, Plain.Lines.of(why), context().line("status"));
  }

  @Override
  protected ShardIntegrity run(Todo todo) {
    reached.accept("rollback.begun");
    try {
      return ShardIntegrity.of(context(), todo.generation);
    } catch (JobFailedException | StoreException e) {
      throw unfit(todo.generation.index(), todo.generation.number(), e.getMessage());
    }
  }

  @Override
  protected void verify(Todo todo, ShardIntegrity shards) {
    // Every shard has the entries that its record names, or it would not have been opened.
  }

  @Override
  protected void commit(Todo todo, ShardIntegrity shards) {
    Generation generation = todo.generation;
    Verdict verdict = verdict(todo, shards);
    FileRef manifest = generation.manifestRef(context().store());
    reached.accept("rollback.before-publication");
    Published published =
        new Publication(context().store(), generation.index())
            .publish(manifest, context().run(), Optional.of(todo.live), new OnlyFrom(verdict))
            .orElseThrow(
                () ->
                    new JobFailedException(
                        "Something else was published for index '%s' meanwhile: see `%s`, and go"
                            + " back again if you still want to",
                        generation.index(), context().line("status")));
    reached.accept("rollback.after-publication");
    new PostPublishCheck(context(), generation).take(published);
    publication = published.number();
  }

  @Override
  protected void report(Todo todo, ShardIntegrity shards) {
    Generation generation = todo.generation;
    context().console().say("  checked: %,d entries in whole shards", shards.entries());
    context()
        .console()
        .say(
            "  live: generation %d of '%s' (publication %d)",
            generation.number(), generation.index(), publication);
    context()
        .console()
        .say(
            "  The next night on a changed catalogue judges and publishes anew: take what was"
                + " wrong, such as a bad delivery, out of the catalogue before");
  }

  private Verdict verdict(Todo todo, ShardIntegrity shards) {
    String text = String.format(Locale.ROOT, "%,d entries in whole shards", shards.entries());
    SortedMap<String, String> about = new TreeMap<>(Shown.by(todo.generation).about());
    about.put("whitening", todo.generation.inputs().whitening());
    return PublicationHistory.marked(
        context().store(),
        new Verdict(
            Verdict.Act.ROLLBACK,
            about,
            List.of(VerdictCheck.balanced(Gate.BOOKS, shards.entries(), text))),
        todo.live);
  }

  /** Whoever wants to go back has seen what is live; if that has changed, nothing is done. */
  private record OnlyFrom(Verdict why) implements Publication.Gate {
    @Override
    public boolean admits(Optional<Published> live) {
      return false;
    }

    @Override
    public Optional<Verdict> verdict() {
      return Optional.of(why);
    }
  }

  @Override
  protected Counts books(ShardIntegrity shards) {
    return new Counts().add("entries", shards.entries());
  }
}
