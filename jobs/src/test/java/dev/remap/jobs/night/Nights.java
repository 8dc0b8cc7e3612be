package dev.remap.jobs.night;

import dev.remap.jobs.config.Settings;
import dev.remap.jobs.run.Console;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.run.LocalSpark;
import dev.remap.jobs.stage.build.BuildJob;
import dev.remap.jobs.stage.extract.ExtractJob;
import dev.remap.jobs.stage.publish.PublishJob;
import dev.remap.jobs.stage.publish.RollbackJob;
import dev.remap.jobs.stage.snapshot.SnapshotJob;
import dev.remap.jobs.stage.whiten.WhitenJob;
import dev.remap.jobs.store.Layout;
import dev.remap.jobs.store.keys.KeyExceptions;
import dev.remap.jobs.store.keys.KeyHash;
import dev.remap.jobs.store.layer.LayerChain;
import dev.remap.jobs.store.layer.Ledger;
import dev.remap.jobs.store.layer.TableKind;
import dev.remap.jobs.store.publication.Publication;
import dev.remap.jobs.store.segment.KeyRange;
import dev.remap.jobs.table.Descriptors;
import dev.remap.jobs.table.Generation;
import dev.remap.jobs.table.IndexInputs;
import dev.remap.jobs.table.Whitenings;
import dev.remap.jobs.upkeep.gc.GarbageCollection;
import dev.remap.jobs.upkeep.merge.MergeJob;
import dev.remap.jobs.upkeep.verify.StoreCheck;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** A store that is brought up to date night after night, by a network of nine channels. */
public final class Nights {
  private static final Path FIXTURES =
      Path.of("../core/src/test/resources/dev/remap/core/backbone").toAbsolutePath().normalize();

  private final Path folder;
  private final Path store;
  private final KeyHash hash;
  private final Map<String, String> settings = new TreeMap<>();

  /**
   * @param folder for the network and the stores
   * @param name of the store
   */
  public Nights(Path folder, String name, KeyHash hash) {
    this.folder = folder;
    this.store = folder.resolve(name);
    this.hash = hash;
    set("extractor.backbone", backbone());
    set("extractor.scales", "[{long-side=64,short-side=48,weight=1}]");
    set("whitening.dimension", 4);
    set("unit.retry-wait", "0s");
    set("extract.window", 16);
    // What the gate compares is not what these nights are about.
    set("publish.copies", 0);
  }

  private Path backbone() {
    Path target = folder.resolve("backbone");
    try {
      Files.createDirectories(target);
      copy(FIXTURES.resolve("tiny.pt"), target.resolve("backbone.pt"));
      copy(FIXTURES.resolve("tiny-card.json"), target.resolve("card.json"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return target;
  }

  private static void copy(Path from, Path to) throws IOException {
    Files.copy(from, to, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.COPY_ATTRIBUTES);
  }

  public Nights set(String key, Object value) {
    settings.put(key, value.toString());
    return this;
  }

  /**
   * A copy of the store, under the same settings. The runs there are over, though their contexts,
   * and so their signs, are not.
   */
  Nights copy(String name) {
    Nights copy = new Nights(folder, name, hash);
    copy.settings.putAll(settings);
    tree(store, copy.store, file -> !file.startsWith(store.resolve(Layout.HEARTBEATS)));
    return copy;
  }

  public Path store() {
    return store;
  }

  /** A context on the store, which shares its Spark; what is said goes to {@code said}. */
  public JobContext context(ByteArrayOutputStream said) {
    LocalSpark.use("local[2]");
    LocalSpark.share();
    Map<String, String> pairs = new TreeMap<>(settings);
    pairs.put("store", store.toUri().toString());
    PrintStream out = new PrintStream(said, true, StandardCharsets.UTF_8);
    return JobContext.create("test", Settings.load(null, pairs), new Console(out));
  }

  /** One night; returns what it said. */
  public String reindex(Path catalogue) {
    return reindex(catalogue, Reindex.RetryScope.WITH_CHANGES, Reindex.Training.KEPT);
  }

  public String reindex(Path catalogue, Reindex.RetryScope again, Reindex.Training training) {
    set("catalogue.uri", catalogue);
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    try (JobContext context = context(said)) {
      new Reindex(context, again, training, hash).execute();
    }
    return said.toString(StandardCharsets.UTF_8);
  }

  /**
   * Builds from nothing what the nights of another store have come to: with its whitening, its
   * quantizer and its exceptional keys.
   */
  Nights fromNothing(Nights other, Path catalogue) {
    set("catalogue.uri", catalogue);
    try (JobContext context = context(new ByteArrayOutputStream())) {
      Generation live = other.live();
      tree(other.store.resolve("keys"), store.resolve("keys"));
      tree(other.store.resolve("quantizers"), store.resolve("quantizers"));
      int snapshot = new SnapshotJob(context, SnapshotJob.Unchanged.KEEP, hash).execute().number();
      new ExtractJob(context, snapshot).execute();
      tree(other.store.resolve("whitenings"), store.resolve("whitenings"));
      new WhitenJob(
              context,
              Descriptors.choose(context, snapshot),
              Whitenings.require(context.store(), live.inputs().whitening()))
          .execute();
      new BuildJob(context, IndexInputs.choose(context, live.inputs().quantizer())).execute();
      new PublishJob(context, Generation.choose(context, null), PublishJob.Purpose.NEWEST)
          .execute();
    }
    return this;
  }

  Generation live() {
    try (JobContext context = context(new ByteArrayOutputStream())) {
      return Generation.live(context);
    }
  }

  int publications() {
    try (JobContext context = context(new ByteArrayOutputStream())) {
      return new Publication(context.store(), "default").numbers().size();
    }
  }

  /** The digests of the live generation's shards, by unit. */
  List<String> shards() {
    try (JobContext context = context(new ByteArrayOutputStream())) {
      return digests(Generation.live(context).ledger(context.store())).toList();
    }
  }

  /** What the newest generation was built from, live or not, and the digests of its shards. */
  List<String> newest() {
    try (JobContext context = context(new ByteArrayOutputStream())) {
      String index = Generation.index(context);
      int number = Generation.newest(context.store(), index).orElseThrow();
      Ledger ledger = Generation.of(context.store(), index, number).ledger(context.store());
      return Stream.concat(Stream.of(ledger.inputs().toString()), digests(ledger)).toList();
    }
  }

  private static Stream<String> digests(Ledger shards) {
    return shards
        .segments(TableKind.SHARDS.rows(), KeyRange.ALL)
        .map(placed -> placed.segment().file().sha256());
  }

  /** Writes all entries of the live generation into one file. */
  Path merged(Path file) {
    try (JobContext context = context(new ByteArrayOutputStream())) {
      new MergeJob(context, Generation.live(context), file, 1).execute();
    }
    return file;
  }

  int exceptions() {
    try (JobContext context = context(new ByteArrayOutputStream())) {
      return KeyExceptions.load(context.store()).size();
    }
  }

  /** The names of the layers that a table is read from at the live generation. */
  List<String> layers(String table) {
    try (JobContext context = context(new ByteArrayOutputStream())) {
      Generation live = Generation.live(context);
      String folder =
          switch (table) {
            case "snapshots" -> TableKind.SNAPSHOTS.folder();
            case "descriptors" -> TableKind.DESCRIPTORS.of(live.inputs().extractor()).folder();
            default -> TableKind.VECTORS.of(live.vectors().whitening()).folder();
          };
      return LayerChain.of(context.store(), folder, live.vectors().snapshot()).folders().stream()
          .map(name -> name.substring(name.lastIndexOf('/') + 1))
          .toList();
    }
  }

  /** What a look at every file of the store says. */
  public String verify() {
    return verify(StoreCheck.Mode.LOOK);
  }

  public String verify(StoreCheck.Mode mode) {
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    try (JobContext context = context(said)) {
      new StoreCheck(context, mode).execute();
    }
    return said.toString(StandardCharsets.UTF_8);
  }

  void rollback() {
    try (JobContext context = context(new ByteArrayOutputStream())) {
      new RollbackJob(context, null).execute();
    }
  }

  /** Deletes at once what nothing needs. */
  void collectGarbage() {
    set("gc.grace", "0s").set("gc.keep-runs", "0s");
    try (JobContext context = context(new ByteArrayOutputStream())) {
      new GarbageCollection(
              context, GarbageCollection.Mode.DELETE, GarbageCollection.Detail.SUMMARY)
          .execute();
    }
  }

  /** Copies files with their times. */
  static void tree(Path from, Path to) {
    tree(from, to, file -> true);
  }

  private static void tree(Path from, Path to, Predicate<Path> isMeant) {
    if (!Files.exists(from)) {
      return;
    }
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.filter(Files::isRegularFile).filter(isMeant).toList()) {
        Path target = to.resolve(from.relativize(file).toString());
        Files.createDirectories(target.getParent());
        copy(file, target);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
