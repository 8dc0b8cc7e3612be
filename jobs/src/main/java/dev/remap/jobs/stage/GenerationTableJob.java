package dev.remap.jobs.stage;

import dev.remap.jobs.config.CommandText;
import dev.remap.jobs.run.Counts;
import dev.remap.jobs.run.Job;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.spark.UnitRunner;
import dev.remap.jobs.store.layer.Layer;
import dev.remap.jobs.store.layer.LayerId;
import dev.remap.jobs.store.layer.Ledger;
import dev.remap.jobs.store.layer.Ledgers;
import dev.remap.jobs.store.layer.Plan;
import dev.remap.jobs.store.layer.Unit;
import dev.remap.jobs.table.Generation;
import dev.remap.jobs.table.LayerBooks;
import java.util.List;
import java.util.Optional;

/**
 * A job that makes a layer of a table of one generation, unit by unit. A layer is named by all it
 * is made from and by, so one that is there already is taken as it is.
 *
 * @param <T> the layer, and what making it takes
 */
public abstract class GenerationTableJob<T extends GenerationTableJob.Planned>
    extends Job<T, Ledger> {
  /** What the records of units count images by. */
  public static final String IMAGES = "images";

  private final Generation generation;

  protected GenerationTableJob(JobContext context, Generation generation) {
    super(context);
    this.generation = generation;
  }

  /** A layer, and the units it is made in. */
  public interface Planned {
    LayerId id();

    Plan plan();
  }

  protected final Generation generation() {
    return generation;
  }

  protected final Layer layer(LayerId id) {
    return new Layer(context().store(), id.folder());
  }

  /** The units of a graph, which are those of what is made from it row by row. */
  protected final List<Unit> units(LayerId graph) {
    return Ledgers.of(context().store(), graph.folder()).units().stream()
        .map(it -> new Unit(it.unit(), it.range(), it.counts().getOrDefault(IMAGES, 0L)))
        .toList();
  }

  @Override
  protected final Ledger run(T todo) {
    Layer layer = layer(todo.id());
    Optional<Ledger> there = layer.ledger();
    if (there.isPresent()) {
      say("  it is there already");
      return there.get();
    }
    List<Unit> pending = context().toCommit(layer, todo.plan());
    if (!pending.isEmpty()) {
      write(todo, pending);
    }
    return layer.folded(todo.plan());
  }

  /** Commits the units that are left, at least one. */
  protected abstract void write(T todo, List<Unit> pending);

  /** Has tasks commit them. */
  protected final void run(List<Unit> pending, UnitRunner.Work<Unit, Long> work) {
    long images = pending.stream().mapToLong(Unit::images).sum();
    new UnitRunner(context(), "images").run(pending, images, work);
  }

  @Override
  protected final void verify(T todo, Ledger made) {
    LayerBooks.require(context(), made);
  }

  @Override
  protected final void commit(T todo, Ledger made) {
    Layer layer = layer(todo.id());
    if (layer.ledger().isEmpty()) {
      layer.fold(made, name());
    }
  }

  @Override
  protected final Counts books(Ledger made) {
    Counts counts = new Counts();
    made.counts().forEach(counts::add);
    return counts;
  }

  protected final void say(String format, Object... values) {
    context().console().say(format, values);
  }

  /** The command that names the files of a layer. */
  protected final CommandText files(LayerId id) {
    return context()
        .line("files")
        .with("--table", id.table().kind().rows())
        .with("--name", generation.index())
        .with("--generation", generation.number())
        .with("--id", id.table().id());
  }
}
