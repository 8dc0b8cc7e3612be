package dev.remap.jobs.stage.extract;

import dev.remap.core.extraction.Described;
import dev.remap.core.extraction.ExtractionTimes;
import dev.remap.core.extraction.Extractor;
import dev.remap.core.extraction.ExtractorSpec;
import dev.remap.core.extraction.ImageSource;
import dev.remap.core.extraction.Outcome;
import dev.remap.core.extraction.Rejected;
import dev.remap.core.image.ImageException;
import dev.remap.core.region.Boxes;
import dev.remap.jobs.catalogue.CatalogueImage;
import dev.remap.jobs.catalogue.file.ByteRange;
import dev.remap.jobs.catalogue.file.StaleListingException;
import dev.remap.jobs.catalogue.file.UnreadableException;
import dev.remap.jobs.run.Counts;
import dev.remap.jobs.sample.MomentParts;
import dev.remap.jobs.sample.MomentSegment;
import dev.remap.jobs.spark.Placement;
import dev.remap.jobs.spark.UnitRunner;
import dev.remap.jobs.store.artifact.ArtifactManifest;
import dev.remap.jobs.store.artifact.Artifacts;
import dev.remap.jobs.store.layer.Attempt;
import dev.remap.jobs.store.layer.InFlightNotes;
import dev.remap.jobs.store.layer.Layer;
import dev.remap.jobs.store.layer.LayerId;
import dev.remap.jobs.store.layer.TableKind;
import dev.remap.jobs.store.layer.Unit;
import dev.remap.jobs.store.layer.UnitWriter;
import dev.remap.jobs.store.row.Change;
import dev.remap.jobs.store.row.RejectRow;
import dev.remap.jobs.store.row.SnapshotRow;
import dev.remap.jobs.store.row.VectorRow;
import dev.remap.jobs.store.segment.RowFormat;
import dev.remap.jobs.store.segment.SegmentWriter;
import dev.remap.jobs.table.ExecutorExtractors;
import dev.remap.jobs.table.ImageBoxes;
import dev.remap.jobs.table.LayerBooks;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.apache.hadoop.conf.Configuration;

/**
 * Describes the images of one unit and commits what came of it.
 *
 * @param extractor folder of the extractor's artifact
 * @param snapshot name of the snapshot
 * @param source where the images come from
 * @param parts that moments are summed in; null where these are not wanted
 * @param maxAccessRatio see {@link OutageGuard}
 * @param allowance see {@link OutageGuard}
 * @param held images of the catalogue in the keys of one unit, changed or not
 * @param planned images of all units
 */
record ExtractTask(
    String extractor,
    String snapshot,
    ExtractionInput.Source source,
    String run,
    ExecutorExtractors.Options options,
    MomentParts parts,
    double maxAccessRatio,
    int allowance,
    long held,
    long planned)
    implements UnitRunner.Work<Unit, ExtractTask.Done> {
  /** Images, not known to be out of reach before, that storage did not answer for. */
  static final String UNANSWERED = "unanswered";

  /** Where a unit was described, and what took how long. */
  record Done(Placement placement, Bottleneck.UnitTimes times, long bytes)
      implements Serializable {}

  @Override
  public Done run(Unit unit, UnitRunner.Task task) throws Exception {
    ArtifactManifest artifact = new Artifacts(task.store()).require(extractor);
    Extractor network = ExecutorExtractors.open(task.store(), artifact, options);
    String folder = TableKind.DESCRIPTORS.of(artifact.id()).layer(snapshot).folder();
    Layer layer = new Layer(task.store(), folder);
    Attempt attempt = new Attempt(run, task.attempt());
    Bottleneck.UnitTimes times;
    LiveMeters live = new LiveMeters(task);
    try (UnitWriter writer = new UnitWriter(layer, unit, attempt, "extract");
        InFlight inFlight =
            new InFlight(new InFlightNotes(layer, unit, attempt), options.window());
        ExtractionInput images = source.open(task.store(), unit.range())) {
      Optional<ImageBoxes> boxes = boxes(task, artifact, network.spec(), unit);
      Function<SnapshotRow, ImageSource> reading =
          row -> {
            ImageSource image =
                image(row, network.spec().limits().maxBytes(), task.origin().hadoop());
            return boxes.map(found -> found.with(image)).orElse(image);
          };
      Set<Long> killers = killers(inFlight, unit, task, network, reading);
      Map<Long, Because> because = new ConcurrentHashMap<>();
      Output output =
          new Output(
              artifact, unit, writer, network.dimension(), images, killers, because, guard(task));
      Pulled pulled =
          new Pulled(
              inFlight.noted(images),
              row ->
                  killers.contains(row.key())
                      ? new Killer(row.imageId())
                      : new Listed(reading.apply(row), row.key(), because, live));
      ExtractionTimes took =
          network.extract(
              pulled,
              outcome -> {
                SnapshotRow row = pulled.taken.remove();
                boolean described = output.accept(row, outcome);
                inFlight.settled(row.key());
                task.done().accept(1);
                task.rejected().accept(described ? 0 : 1);
              },
              live);
      times = new Bottleneck.UnitTimes(unit.number(), output.books.count("listed"), took);
      output.finish();
      boxes.ifPresent(found -> found.counts().counts().forEach(output.books::add));
      task.settle(writer.commit(output.books.counts()));
      inFlight.committed();
    }
    return new Done(ExecutorExtractors.placement(options), times, live.bytes());
  }

  private OutageGuard guard(UnitRunner.Task task) {
    OutageGuard guard = new OutageGuard(maxAccessRatio, allowance, held);
    return task.isLastTry() ? guard.ofLastTry(planned) : guard;
  }

  private Optional<ImageBoxes> boxes(
      UnitRunner.Task task, ArtifactManifest artifact, ExtractorSpec spec, Unit unit) {
    if (spec.boxes().isEmpty()) {
      return Optional.empty();
    }
    Set<String> ids = new HashSet<>();
    try (ExtractionInput rows = source.open(task.store(), unit.range())) {
      rows.forEachRemaining(row -> ids.add(row.imageId()));
    }
    return ImageBoxes.of(task.store(), artifact, spec, ids);
  }

  /** The images that killed earlier attempts at the unit, by key. */
  private Set<Long> killers(
      InFlight inFlight,
      Unit unit,
      UnitRunner.Task task,
      Extractor network,
      Function<SnapshotRow, ImageSource> reading)
      throws InterruptedException {
    if (!inFlight.afterDeath()) {
      return Set.of();
    }
    try (ExtractionInput rows = source.open(task.store(), unit.range())) {
      return inFlight.condemned(
          rows, row -> network.extract(List.of(reading.apply(row)).iterator(), outcome -> {}));
    }
  }

  /** Stands in for an image that must not be touched again. */
  private record Killer(String imageId) implements ImageSource {
    @Override
    public byte[] read() throws ImageException {
      throw new ImageException("twice the process that was at it, and at nothing else, died");
    }
  }

  /** Why an image could not be read, where that says something about its storage. */
  private enum Because {
    /** Storage answered: the image is not there as it was listed. */
    GONE,
    /** Storage was not even asked. */
    UNREADABLE
  }

  /**
   * An image that may not be there, or be one that nobody can ask for.
   *
   * @param because gets its key then
   * @param live is told what was read
   */
  private record Listed(ImageSource image, long key, Map<Long, Because> because, LiveMeters live)
      implements ImageSource {
    @Override
    public String imageId() {
      return image.imageId();
    }

    @Override
    public Optional<Boxes> boxes() {
      return image.boxes();
    }

    @Override
    public byte[] read() throws IOException, ImageException {
      try {
        return live.read(image.read());
      } catch (FileNotFoundException | StaleListingException e) {
        because.put(key, Because.GONE);
        throw e;
      } catch (UnreadableException e) {
        because.put(key, Because.UNREADABLE);
        throw e;
      }
    }
  }

  private static ImageSource image(SnapshotRow row, long maxBytes, Configuration conf) {
    return new CatalogueImage(
        row.imageId(),
        row.uri(),
        row.version(),
        ByteRange.of(row.offset(), row.length()),
        maxBytes,
        conf);
  }

  /** Rows as sources, remembered until their outcome comes: outcomes keep the order of sources. */
  private static final class Pulled implements Iterator<ImageSource> {
    private final Iterator<SnapshotRow> rows;
    private final Function<SnapshotRow, ImageSource> source;
    private final Queue<SnapshotRow> taken = new ArrayDeque<>();

    Pulled(Iterator<SnapshotRow> rows, Function<SnapshotRow, ImageSource> source) {
      this.rows = rows;
      this.source = source;
    }

    @Override
    public boolean hasNext() {
      return rows.hasNext();
    }

    @Override
    public ImageSource next() {
      SnapshotRow row = rows.next();
      taken.add(row);
      return source.apply(row);
    }
  }

  /** The three tables that one unit writes. */
  private final class Output {
    private final SegmentWriter<VectorRow> descriptors;
    private final SegmentWriter<RejectRow> rejects;
    private final Optional<MomentSegment> moments;
    private final ExtractionInput images;
    private final Set<Long> killers;
    private final Map<Long, Because> because;
    private final long expected;
    private final OutageGuard guard;
    private final Counts books =
        new Counts()
            .add("listed", 0)
            .add("described", 0)
            .add("rejected", 0)
            .add("unreachable", 0)
            .add(UNANSWERED, 0)
            .add("unreadable", 0)
            .add("again", 0);

    Output(
        ArtifactManifest artifact,
        Unit unit,
        UnitWriter writer,
        int dimension,
        ExtractionInput images,
        Set<Long> killers,
        Map<Long, Because> because,
        OutageGuard guard) {
      this.guard = guard;
      this.images = images;
      this.killers = killers;
      this.because = because;
      this.expected = unit.images();
      Map<String, String> fingerprints = Map.of("extractor", artifact.id());
      LayerId layer = TableKind.DESCRIPTORS.of(artifact.id()).layer(snapshot);
      descriptors = writer.segment(layer.folder(), RowFormat.descriptors(dimension), fingerprints);
      rejects = writer.segment(layer.folder("rejects"), RowFormat.rejects(), fingerprints);
      String folder = layer.folder("moments");
      moments =
          MomentSegment.of(
              parts,
              unit.range(),
              () -> writer.segment(folder, RowFormat.moments(dimension), fingerprints));
    }

    boolean accept(SnapshotRow row, Outcome outcome) {
      dropGone(row.key());
      RejectRow earlier = images.takeEarlier(row.key());
      books.add("listed", 1);
      if (outcome instanceof Described image) {
        books.add("described", 1);
        takeBack(earlier);
        moments.ifPresent(it -> it.add(row.key(), image.descriptor()));
        descriptors.write(
            new VectorRow(
                row.key(),
                Change.PUT,
                row.imageId(),
                row.version(),
                image.width(),
                image.height(),
                image.descriptor()));
        return true;
      }
      Rejected reject = (Rejected) outcome;
      Because why = because.remove(row.key());
      RejectRow.Kind kind = kind(reject, why);
      boolean unreachable = kind == RejectRow.Kind.ACCESS;
      if (unreachable && images.isReplaced(row.key())) {
        // A reject would outlive the image: the layers above, which have it no more, know of none.
        books.add(LayerBooks.REPLACED, 1);
        takeBack(earlier);
        if (source.isDelta()) {
          descriptors.write(delete(row));
        }
        return false;
      }
      boolean same = earlier != null && earlier.version().equals(row.version());
      // What was known to be bad says nothing about tonight's storage or tonight's images.
      boolean again = same && earlier.kind() == kind;
      if (unreachable && !again) {
        guard.unreachable(row.imageId(), reject.reason(), why == Because.GONE);
        books.add(UNANSWERED, why == Because.GONE ? 0 : 1);
      }
      books
          .add("rejected", 1)
          .add("unreachable", unreachable ? 1 : 0)
          .add("unreadable", kind == RejectRow.Kind.UNREADABLE ? 1 : 0)
          .add("again", again ? 1 : 0);
      // Where storage is down, thousands more would each wait for their deadline.
      guard.check(books.count("listed"), Math.max(expected, books.count("listed")));
      if (source.isDelta()) {
        descriptors.write(delete(row));
      }
      rejects.write(
          new RejectRow(
              row.key(),
              Change.PUT,
              row.imageId(),
              row.uri(),
              row.version(),
              row.offset(),
              row.length(),
              killers.contains(row.key()) ? "crash" : reject.stage(),
              kind,
              reject.reason(),
              same ? earlier.attempts() + 1 : 1));
      return false;
    }

    private static RejectRow.Kind kind(Rejected reject, Because why) {
      if (reject.kind() == Rejected.Kind.CONTENT) {
        return RejectRow.Kind.CONTENT;
      }
      return why == Because.UNREADABLE ? RejectRow.Kind.UNREADABLE : RejectRow.Kind.ACCESS;
    }

    /** What the catalogue lists no more, and this layer has to take out of the ones below. */
    private void dropGone(long upTo) {
      for (SnapshotRow row = images.pollGone(upTo); row != null; row = images.pollGone(upTo)) {
        books.add("removed", 1);
        descriptors.write(delete(row));
        takeBack(images.takeEarlier(row.key()));
      }
    }

    private void takeBack(RejectRow earlier) {
      if (earlier != null) {
        books.add("recovered", 1);
        rejects.write(RejectRow.delete(earlier.key(), earlier.imageId(), earlier.version()));
      }
    }

    private static VectorRow delete(SnapshotRow row) {
      return new VectorRow(
          row.key(), Change.DELETE, row.imageId(), row.version(), 0, 0, new float[0]);
    }

    void finish() {
      dropGone(Long.MAX_VALUE);
      guard.check(books.count("listed"), books.count("listed"));
      moments.ifPresent(MomentSegment::finish);
    }
  }
}
