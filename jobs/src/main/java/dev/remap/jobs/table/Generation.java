package dev.remap.jobs.table;

import dev.remap.core.extraction.ExtractorSpec;
import dev.remap.core.whitening.Metric;
import dev.remap.jobs.config.InputException;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.run.JobFailedException;
import dev.remap.jobs.store.FileRef;
import dev.remap.jobs.store.Inputs;
import dev.remap.jobs.store.Layout;
import dev.remap.jobs.store.NumberedFolders;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.StoreException;
import dev.remap.jobs.store.StorePath;
import dev.remap.jobs.store.artifact.ArtifactManifest;
import dev.remap.jobs.store.artifact.Artifacts;
import dev.remap.jobs.store.layer.Layer;
import dev.remap.jobs.store.layer.Ledger;
import dev.remap.jobs.store.layer.TableKind;
import dev.remap.jobs.store.publication.Publication;
import dev.remap.jobs.store.publication.Published;
import dev.remap.jobs.store.segment.KeyRange;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * One complete generation of an index.
 *
 * @param index the index's name
 * @param number of the generation
 * @param manifest what it was made from
 * @param vectors what its shards hold
 */
public record Generation(String index, int number, ArtifactManifest manifest, Vectors vectors) {
  /** The index that the settings name. */
  public static String index(JobContext context) {
    try {
      return StorePath.checkName(context.settings().string("index.name"));
    } catch (IllegalArgumentException e) {
      throw new InputException("index.name: %s", e.getMessage());
    }
  }

  /** Whether the store has indexes, and none of the name in the settings. */
  public static boolean isUnknown(JobContext context) {
    List<String> there = context.store().list(TableKind.SHARDS.folder());
    return !there.isEmpty() && !there.contains(index(context));
  }

  /** What is said of such a name. */
  public static InputException unknown(JobContext context) {
    return new InputException(
        "There is no index '%s': this store has %s (--name)",
        index(context), String.join(", ", context.store().list(TableKind.SHARDS.folder())));
  }

  private static void requireKnown(JobContext context) {
    if (isUnknown(context)) {
      throw unknown(context);
    }
  }

  /** Whether its descriptors were given with the catalogue, so that there are no images. */
  public boolean isGiven(Store store) {
    return extractor(store).isGiven();
  }

  /** How its vectors are compared. */
  public Metric metric(Store store) {
    return Whitenings.load(store, vectors.whitening()).metric();
  }

  /** Components of its descriptors. */
  public int components(Store store) {
    return extractor(store).dimension();
  }

  private ExtractorSpec extractor(Store store) {
    return ExecutorExtractors.spec(
        store, new Artifacts(store).require(Layout.extractor(inputs().extractor())));
  }

  public static List<Integer> numbers(Store store, String index) {
    return NumberedFolders.in(store, TableKind.SHARDS.of(index).folder());
  }

  public static String folder(String index, int number) {
    return TableKind.SHARDS.of(index).layer(number).folder();
  }

  /**
   * A generation to look at or to publish.
   *
   * @param wanted its number; null for the newest complete one
   */
  public static Generation choose(JobContext context, Integer wanted) {
    String index = index(context);
    requireKnown(context);
    List<Integer> numbers = numbers(context.store(), index);
    Optional<Integer> chosen =
        numbers.stream()
            .filter(number -> wanted == null || number.equals(wanted))
            .sorted(Comparator.reverseOrder())
            .filter(number -> isComplete(context.store(), index, number))
            .findFirst();
    if (chosen.isEmpty()) {
      List<Integer> complete =
          numbers.stream().filter(number -> isComplete(context.store(), index, number)).toList();
      throw new InputException(
          "Index '%s' has no complete generation%s%s: run `%s`",
          index,
          wanted == null ? "" : " " + wanted,
          complete.isEmpty() ? "" : "; it has " + complete,
          context.line("build"));
    }
    return of(context.store(), index, chosen.get());
  }

  /** The number of the newest complete one. */
  public static Optional<Integer> newest(Store store, String index) {
    return numbers(store, index).stream()
        .sorted(Comparator.reverseOrder())
        .filter(number -> isComplete(store, index, number))
        .findFirst();
  }

  public static boolean isComplete(Store store, String index, int number) {
    return new Artifacts(store).find(folder(index, number)).isPresent();
  }

  /**
   * The live generation; what a search is meant to see.
   *
   * @throws JobFailedException with what to do, if its manifest, whitening or ledger is missing or
   *     damaged
   */
  public static Generation live(JobContext context) {
    String index = index(context);
    requireKnown(context);
    Published live =
        new Publication(context.store(), index)
            .latest()
            .orElseThrow(
                () ->
                    new InputException(
                        "Index '%s' is not published: run `%s`", index, context.line("publish")));
    return read(context, index, number(live));
  }

  private static Generation read(JobContext context, String index, int number) {
    try {
      Generation generation = of(context.store(), index, number);
      generation.ledger(context.store());
      return generation;
    } catch (StoreException e) {
      throw e.lost().isEmpty() ? e : new LostGeneration(context, index, number).because(e);
    }
  }

  /** The number of the generation that a publication names. */
  public static int number(Published published) {
    String path = published.manifest().path();
    if (!path.matches("indexes/[^/]+/\\d{8}/manifest\\.json")) {
      throw StoreException.damaged(
          "Publication " + published.number(), path + " is the manifest of no generation");
    }
    return Integer.parseInt(path.split("/", -1)[2]);
  }

  /** That generation, which must be complete. */
  public static Generation of(Store store, String index, int number) {
    ArtifactManifest manifest = new Artifacts(store).require(folder(index, number));
    String whitening = manifest.inputs().whitening();
    return new Generation(
        index,
        number,
        manifest,
        new Vectors(
                whitening,
                manifest.inputs().snapshot(),
                Whitenings.load(store, whitening).dimension())
            .without(manifest.inputs().find(Inputs.DUPLICATES)));
  }

  public String folder() {
    return folder(index, number);
  }

  /** For people. */
  public String title() {
    return "generation " + number + " of index '" + index + "'";
  }

  /** What its vectors were projected from. */
  public Descriptors descriptors(Store store) {
    return Descriptors.of(store, inputs().extractor(), vectors.snapshot());
  }

  /** Whether an image gets the same vector in both. */
  public boolean describesAs(Generation other) {
    return inputs().extractor().equals(other.inputs().extractor())
        && inputs().whitening().equals(other.inputs().whitening());
  }

  public Ledger ledger(Store store) {
    return new Layer(store, folder()).requireLedger();
  }

  /** The shards' files, in order of their keys. */
  public List<FileRef> shards(Store store) {
    return ledger(store)
        .segments(TableKind.SHARDS.rows(), KeyRange.ALL)
        .map(placed -> placed.segment().file())
        .toList();
  }

  public long entries(Store store) {
    return ledger(store).rows(TableKind.SHARDS.rows());
  }

  public FileRef manifestRef(Store store) {
    return new Artifacts(store).manifestRef(folder());
  }

  /** What it is made from. */
  public Inputs inputs() {
    return manifest.inputs();
  }
}
