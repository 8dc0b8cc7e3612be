package dev.remap.jobs.job.publish;

import dev.remap.jobs.job.Books;
import dev.remap.jobs.job.Console;
import dev.remap.jobs.job.Generation;
import dev.remap.jobs.job.Job;
import dev.remap.jobs.job.JobContext;
import dev.remap.jobs.job.gc.SecondLook;
import dev.remap.jobs.store.FileRef;
import dev.remap.jobs.store.KillPoint;
import dev.remap.jobs.store.Publication;
import dev.remap.jobs.store.Published;
import dev.remap.jobs.store.Verdict;
import dev.remap.jobs.store.VerdictCheck;
import dev.remap.jobs.store.VerdictCheck.Outcome;
import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** Judges a generation from its files and against the live one, and makes it live if it passes. */
public final class PublishJob extends Job<PublishJob.Todo, PublishJob.Judged> {
  /** What a run's record says of the images whose copies it compared with the live generation. */
  public static final String COPIED = "copied";

  private final Integer number;
  private final Consumer<String> reached;

  /**
   * @param generation to publish; null for the newest
   */
  public PublishJob(JobContext context, Integer generation) {
    this(context, generation, KillPoint::reach);
  }

  /**
   * The same.
   *
   * @param reached is told the names of the fault points that the job comes to
   */
  public PublishJob(JobContext context, Integer generation, Consumer<String> reached) {
    super(context);
    this.number = generation;
    this.reached = reached;
  }

  record Todo(
      Generation generation, Publication publication, Optional<Published> live, Gate gate) {}

  /**
   * What came of it.
   *
   * @param verdict nothing if the generation is live already
   */
  record Judged(Optional<Verdict> verdict, Books books) {}

  @Override
  protected String name() {
    return "publish";
  }

  @Override
  protected Todo plan() {
    GateSettings settings = GateSettings.of(context().settings());
    Generation generation = Generation.choose(context(), number);
    new SecondLook(context(), generation).requireUnclaimed();
    Publication publication = new Publication(context().store(), generation.index());
    Optional<Published> live = publication.latest();
    context()
        .console()
        .say(
            "publish generation %d of '%s' (%s)",
            generation.number(),
            generation.index(),
            live.map(l -> "live now: generation " + Generation.number(l))
                .orElse("nothing is live yet"));
    Gate gate = new Gate(context(), generation, publication, settings);
    return new Todo(generation, publication, live, gate);
  }

  private boolean isLive(Generation generation, Optional<Published> live) {
    return live.map(l -> l.manifest().equals(generation.manifestRef(context().store())))
        .orElse(false);
  }

  @Override
  protected Judged run(Todo todo) {
    if (isLive(todo.generation, todo.live)) {
      Books books = new Books().add("entries", todo.generation.entries(context().store()));
      return new Judged(Optional.empty(), books);
    }
    Verdict verdict = todo.gate.judge(todo.live);
    return new Judged(Optional.of(verdict), todo.gate.books());
  }

  @Override
  protected void verify(Todo todo, Judged judged) {
    judged.verdict.ifPresent(verdict -> require(verdict, todo.generation, todo.live));
  }

  private void require(Verdict verdict, Generation generation, Optional<Published> live) {
    if (verdict.act() == Verdict.Act.PASSED && !verdict.with(Outcome.FAILED).isEmpty()) {
      String groups = context().settings().string("publish.groups");
      throw new Refusal(generation, live.map(Generation::number), groups).of(verdict);
    }
  }

  @Override
  protected void commit(Todo todo, Judged judged) {
    if (judged.verdict.isEmpty()) {
      context().console().say("  it is live already");
      return;
    }
    Admission admission = new Admission(todo, judged.verdict.get());
    FileRef manifest = todo.generation.manifestRef(context().store());
    reached.accept("publish.before-publication");
    Published published =
        todo.publication
            .publish(manifest, context().run(), todo.live, admission)
            .orElseGet(() -> todo.publication.latest().orElseThrow());
    reached.accept("publish.after-publication");
    new SecondLook(context(), todo.generation).take(published);
    say(admission.last);
    context()
        .console()
        .say(
            "  live: generation %d of '%s' (publication %d)",
            todo.generation.number(), todo.generation.index(), published.number());
  }

  /** Judges again whenever something else is live than what the candidate was compared with. */
  private final class Admission implements Publication.Gate {
    private final Todo todo;
    private Verdict last;

    Admission(Todo todo, Verdict first) {
      this.todo = todo;
      this.last = first;
    }

    @Override
    public boolean admits(Optional<Published> live) {
      if (isLive(todo.generation, live)) {
        // Somebody else's publication of these very files is as good as ours.
        return false;
      }
      last = todo.gate.judge(live);
      require(last, todo.generation, live);
      return true;
    }

    @Override
    public Optional<Verdict> verdict() {
      return Optional.of(last);
    }
  }

  private void say(Verdict verdict) {
    Console console = context().console();
    for (VerdictCheck check : verdict.checks()) {
      switch (check.outcome()) {
        case PASSED -> console.say("  %s: %s", check.name(), check.text());
        case FAILED -> console.say("  %s: FAILED, forced: %s", check.name(), check.text());
        case RETRAIN ->
            console.say("  %s: %s: run `remap reindex --retrain`", check.name(), check.text());
        case SKIPPED -> {
          // Said together below.
        }
      }
    }
    boolean compared = verdict.about().containsKey(Gate.COMPARED_WITH);
    verdict.with(Outcome.SKIPPED).stream()
        // Of a first publication nobody expects a drift.
        .filter(check -> compared || !check.name().startsWith(Drift.PREFIX))
        .collect(
            Collectors.groupingBy(
                VerdictCheck::text,
                LinkedHashMap::new,
                Collectors.mapping(VerdictCheck::name, Collectors.toList())))
        .forEach(
            (why, names) -> console.say("  not checked: %s (%s)", String.join(", ", names), why));
  }

  @Override
  protected Books books(Judged judged) {
    return judged.books;
  }
}
