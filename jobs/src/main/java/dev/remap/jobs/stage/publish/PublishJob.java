package dev.remap.jobs.stage.publish;

import dev.remap.jobs.run.Console;
import dev.remap.jobs.run.Counts;
import dev.remap.jobs.run.Job;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.store.FileRef;
import dev.remap.jobs.store.KillPoint;
import dev.remap.jobs.store.publication.Publication;
import dev.remap.jobs.store.publication.Published;
import dev.remap.jobs.store.publication.Verdict;
import dev.remap.jobs.store.publication.VerdictCheck;
import dev.remap.jobs.store.publication.VerdictCheck.Outcome;
import dev.remap.jobs.table.Generation;
import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/** Judges a generation from its files and against the live one, and makes it live if it passes. */
public final class PublishJob extends Job<PublishJob.Todo, PublishJob.Judged> {
  /** What a run's record says of the images whose copies it compared with the live generation. */
  public static final String COPIED = "copied";

  private final Generation generation;
  private final Purpose purpose;
  private final UnaryOperator<Optional<Published>> seen;
  private final Consumer<String> reached;
  private Optional<String> left = Optional.empty();
  private Verdict last;
  private long publication;

  /** What a generation is published for, which decides what it may take the place of. */
  public enum Purpose {
    /** To bring the index up to date, with the training of the live generation. */
    UPDATE,
    /** To bring a new training. */
    TRAINING,
    /** By hand: the newest there is. */
    NEWEST,
    /** By hand: the one that was named, even if that takes back what is live. */
    NAMED
  }

  /** By hand. */
  public PublishJob(JobContext context, Generation generation, Purpose purpose) {
    this(context, generation, purpose, KillPoint::reach);
  }

  /**
   * By hand.
   *
   * @param reached is told the names of the fault points that the job comes to
   */
  public PublishJob(
      JobContext context, Generation generation, Purpose purpose, Consumer<String> reached) {
    this(context, generation, purpose, live -> live, reached);
  }

  private PublishJob(
      JobContext context,
      Generation generation,
      Purpose purpose,
      UnaryOperator<Optional<Published>> seen,
      Consumer<String> reached) {
    super(context);
    this.generation = generation;
    this.purpose = purpose;
    this.seen = seen;
    this.reached = reached;
  }

  /**
   * The last step of a run that has made the generation itself.
   *
   * @param seen what was live when the run began
   * @param reached is told the names of the fault points that the job comes to
   */
  public static PublishJob ofRun(
      JobContext context,
      Generation generation,
      Purpose purpose,
      Optional<Published> seen,
      Consumer<String> reached) {
    return new PublishJob(context, generation, purpose, live -> seen, reached);
  }

  record Todo(
      Publication publication, Optional<Published> live, Gate gate, Succession succession) {}

  /**
   * What came of it.
   *
   * @param verdict nothing if there is nothing to publish
   * @param left why that is so
   */
  record Judged(Optional<Verdict> verdict, Optional<String> left, Counts books) {}

  @Override
  protected String name() {
    return "publish";
  }

  @Override
  protected Todo plan() {
    GateSettings settings = GateSettings.of(context().settings());
    new PostPublishCheck(context(), generation).requireUnclaimed();
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
    Succession succession =
        new Succession(context(), publication, generation, purpose, seen.apply(live));
    return new Todo(publication, live, gate, succession);
  }

  /** Why there is nothing to publish as long as that is live; looked at before the costly gate. */
  private Optional<String> left(Todo todo, Optional<Published> live) {
    return isLive(generation, live)
        ? Optional.of("it is live already")
        : todo.succession.overtaken(live);
  }

  private boolean isLive(Generation generation, Optional<Published> live) {
    return live.map(l -> l.manifest().equals(generation.manifestRef(context().store())))
        .orElse(false);
  }

  @Override
  protected Judged run(Todo todo) {
    reached.accept("publish.begun");
    Optional<String> left = left(todo, todo.live);
    if (left.isPresent()) {
      Counts books = new Counts().add("entries", generation.entries(context().store()));
      return new Judged(Optional.empty(), left, books);
    }
    todo.live
        .filter(todo.succession::takesBack)
        .ifPresent(
            live ->
                context()
                    .console()
                    .say(
                        "  it is older than generation %d, which is live: this goes back as a"
                            + " rollback does, and nights on an unchanged catalogue leave it at"
                            + " that",
                        Generation.number(live)));
    Verdict verdict = todo.gate.judge(todo.live);
    return new Judged(Optional.of(verdict), Optional.empty(), todo.gate.books());
  }

  @Override
  protected void verify(Todo todo, Judged judged) {
    judged.verdict.ifPresent(verdict -> require(verdict, generation, todo.live));
  }

  private void require(Verdict verdict, Generation generation, Optional<Published> live) {
    if (verdict.act() == Verdict.Act.PASSED && !verdict.with(Outcome.FAILED).isEmpty()) {
      throw new Refusal(context(), generation, live.map(Generation::number)).of(verdict);
    }
  }

  @Override
  protected void commit(Todo todo, Judged judged) {
    left = judged.left;
    if (judged.verdict.isEmpty()) {
      return;
    }
    Admission admission = new Admission(todo, judged.verdict.get());
    FileRef manifest = generation.manifestRef(context().store());
    reached.accept("publish.before-publication");
    Optional<Published> own =
        todo.publication.publish(manifest, context().run(), todo.live, admission);
    reached.accept("publish.after-publication");
    if (own.isEmpty() && !isLive(generation, admission.live)) {
      left = admission.left;
      return;
    }
    Published published = own.orElseGet(admission.live::orElseThrow);
    new PostPublishCheck(context(), generation).take(published);
    publication = published.number();
    last = admission.last;
  }

  @Override
  protected void report(Todo todo, Judged judged) {
    if (last == null) {
      context().console().say("  %s", left.orElseThrow());
      return;
    }
    say(last);
    context()
        .console()
        .say(
            "  live: generation %d of '%s' (publication %d)",
            generation.number(), generation.index(), publication);
  }

  /**
   * Judges again whenever something else is live than what the candidate was compared with: whether
   * it may still follow that, and whether it is as good.
   */
  private final class Admission implements Publication.Gate {
    private final Todo todo;
    private Optional<Published> live;
    private Verdict last;
    private Optional<String> left = Optional.empty();

    Admission(Todo todo, Verdict first) {
      this.todo = todo;
      this.live = todo.live;
      this.last = first;
    }

    @Override
    public boolean admits(Optional<Published> now) {
      live = now;
      left = left(todo, now);
      if (left.isPresent()) {
        // Somebody else's publication of these very files, or of newer ones, is as good as ours.
        return false;
      }
      last = todo.gate.judge(now);
      require(last, generation, now);
      reached.accept("publish.before-publication");
      return true;
    }

    @Override
    public Optional<Verdict> verdict() {
      return Optional.of(
          live.filter(todo.succession::takesBack)
              .map(back -> PublicationHistory.marked(context().store(), last, back))
              .orElse(last));
    }
  }

  private void say(Verdict verdict) {
    Console console = context().console();
    for (VerdictCheck check : verdict.checks()) {
      switch (check.outcome()) {
        case PASSED -> console.say("  %s: %s", check.name(), check.text());
        case FAILED -> console.say("  %s: FAILED, forced: %s", check.name(), check.text());
        case RETRAIN ->
            console.say(
                "  %s: %s: run `%s`",
                check.name(), check.text(), context().line("reindex").with("--retrain"));
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
  protected Counts books(Judged judged) {
    return judged.books;
  }
}
