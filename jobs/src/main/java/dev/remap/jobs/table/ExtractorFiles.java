package dev.remap.jobs.table;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import dev.remap.core.backbone.BackboneCard;
import dev.remap.core.backbone.Tap;
import dev.remap.core.extraction.BoxTable;
import dev.remap.core.extraction.ExtractorSpec;
import dev.remap.core.extraction.Scale;
import dev.remap.core.extraction.ScaleCombination;
import dev.remap.core.extraction.WhitenedSum;
import dev.remap.core.image.ImageLimits;
import dev.remap.core.pooling.Aggregation;
import dev.remap.core.pooling.AggregationKind;
import dev.remap.core.pooling.RegionWeights;
import dev.remap.core.pooling.RegionsToWhiten;
import dev.remap.core.pooling.RemapAggregator;
import dev.remap.core.pooling.RmacAggregator;
import dev.remap.core.region.RegionGrid;
import dev.remap.jobs.config.InputException;
import dev.remap.jobs.config.Settings;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.store.ByteSource;
import dev.remap.jobs.store.Inputs;
import dev.remap.jobs.store.Layout;
import dev.remap.jobs.store.Sha256;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.artifact.ArtifactDraft;
import dev.remap.jobs.store.artifact.ArtifactManifest;
import dev.remap.jobs.store.artifact.Artifacts;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * The extractor that the settings describe, and the files that carry it to the store.
 *
 * @param spec all that decides a descriptor's bits
 * @param torchScripts the backbones' files, in the order of the spec
 * @param boxes the table of boxes, if the spec has one
 */
public record ExtractorFiles(ExtractorSpec spec, List<Path> torchScripts, Optional<Path> boxes) {
  static final String BOXES = "boxes.parquet";
  public static final String SPEC = "extractor.json";

  /**
   * Seconds of a core for a byte of a network's file and a pixel, roughly. Networks go over their
   * weights for every few pixels: MobileNetV2 (14 MB) takes 0.14 s for 512×384 and ResNet-50 (94
   * MB) 1.0 s. Files of 8 or 16 bits for a weight are taken for faster than they are.
   */
  private static final double SECONDS = 5e-14;

  /** The extractor's name in the store: the first 16 digits of its fingerprint. */
  public static String id(ExtractorSpec spec) {
    return spec.fingerprint().substring(0, 16);
  }

  public String id() {
    return id(spec);
  }

  /** Reads the backbones' cards and checks that their files are those the cards name. */
  public static ExtractorFiles of(JobContext context) {
    return remembered(context).orElseGet(() -> of(context, context.settings()));
  }

  /** The one that the store remembers and has whole: no file of this machine is looked at. */
  private static Optional<ExtractorFiles> remembered(JobContext context) {
    Store store = context.store();
    return context
        .rememberedExtractor()
        .flatMap(id -> new Artifacts(store).find(Layout.extractor(id)))
        .map(artifact -> ExecutorExtractors.spec(store, artifact))
        .map(spec -> new ExtractorFiles(spec, List.of(), Optional.empty()));
  }

  /** The same for other settings than the context's. */
  public static ExtractorFiles of(JobContext context, Settings settings) {
    Optional<ExtractorSpec> given = GivenDescriptors.spec(settings);
    if (given.isPresent()) {
      return new ExtractorFiles(given.get(), List.of(), Optional.empty());
    }
    Backbones backbones = backbones(settings, context.store());
    return of(settings, spec(settings, context.store(), backbones), backbones);
  }

  /**
   * The extractor that region weights are fitted for: as the settings describe it, but with weights
   * of 1 and the first of its scales.
   */
  public static ExtractorFiles unweighted(Settings settings, Store store) {
    GivenDescriptors.requireImages(settings);
    Backbones backbones = Backbones.of(settings, store);
    BackboneCard card = backbones.first();
    Scale scale = firstScale(settings);
    Tap tap = card.taps().get(0);
    try {
      RegionGrid grid =
          RegionGrid.of(
              tap.cells(scale.longSide()),
              tap.cells(scale.shortSide()),
              settings.integer("extractor.levels", 1, 10));
      return atFirstScale(
          settings,
          backbones,
          new RemapAggregator.Remap(
              RegionWeights.ones(card.taps().size(), grid.levels(), grid.size())));
    } catch (IllegalArgumentException e) {
      throw notFitting(e);
    }
  }

  /** The extractor that the settings describe, with the first of its scales alone. */
  public static ExtractorFiles atFirstScale(Settings settings, Store store) {
    GivenDescriptors.requireImages(settings);
    Backbones backbones = Backbones.of(settings, store);
    try {
      return atFirstScale(settings, backbones, aggregation(settings, store, backbones));
    } catch (IllegalArgumentException e) {
      throw notFitting(e);
    }
  }

  private static ExtractorFiles atFirstScale(
      Settings settings, Backbones backbones, Aggregation aggregation) {
    List<Scale> first = List.of(firstScale(settings));
    return of(
        settings,
        spec(settings, backbones, aggregation, first, new ScaleCombination.Sum()),
        backbones);
  }

  /** The regions that the settings' aggregator whitens, at the first of the scales. */
  public static RegionsToWhiten regionsToWhiten(Settings settings, Store store) {
    GivenDescriptors.requireImages(settings);
    String aggregator = settings.string("extractor.aggregator");
    Scale scale = firstScale(settings);
    Backbones backbones = Backbones.of(settings, store);
    Tap tap = backbones.first().taps().get(0);
    try {
      int levels =
          RegionsToWhiten.levels(aggregator, AggregationParameters.of(settings, store, backbones));
      RegionGrid grid =
          RegionGrid.of(tap.cells(scale.longSide()), tap.cells(scale.shortSide()), levels);
      return new RegionsToWhiten(aggregator, levels, grid.size());
    } catch (IllegalArgumentException e) {
      throw notFitting(e);
    }
  }

  /** The extractor that has such regions, without a whitening. */
  public static ExtractorFiles of(Settings settings, RegionsToWhiten regions, Store store) {
    Backbones backbones = Backbones.of(settings, store);
    Aggregation unwhitened =
        new RmacAggregator.Rmac(regions.levels(), RmacAggregator.WholeImage.NONE);
    try {
      return atFirstScale(settings, backbones, unwhitened);
    } catch (IllegalArgumentException e) {
      throw notFitting(e);
    }
  }

  private static Scale firstScale(Settings settings) {
    Scale first = scales(settings).get(0);
    return new Scale(first.longSide(), first.shortSide(), 1);
  }

  private static ExtractorFiles of(Settings settings, ExtractorSpec spec, Backbones backbones) {
    return new ExtractorFiles(spec, backbones.files(), spec.boxes().map(table -> boxes(settings)));
  }

  private static InputException notFitting(IllegalArgumentException e) {
    return new InputException("The settings extractor.* do not fit: %s", e.getMessage());
  }

  /**
   * The extractor that the settings describe, by the backbones' cards: their files need not be
   * there.
   */
  public static ExtractorSpec spec(JobContext context) {
    return remembered(context)
        .map(ExtractorFiles::spec)
        .orElseGet(() -> spec(context, context.settings()));
  }

  /** The extractor that other settings than the context's describe. */
  public static ExtractorSpec spec(JobContext context, Settings settings) {
    return spec(settings, context.store());
  }

  static ExtractorSpec spec(Settings settings, Store store) {
    return GivenDescriptors.spec(settings)
        .orElseGet(() -> spec(settings, store, backbones(settings, store)));
  }

  private static ExtractorSpec spec(Settings settings, Store store, Backbones backbones) {
    try {
      ExtractorSpec spec =
          withBoxes(
              settings,
              spec(
                  settings,
                  backbones,
                  aggregation(settings, store, backbones),
                  scales(settings),
                  combination(settings)));
      spec.fingerprint(); // What cannot be recorded is refused here.
      return spec;
    } catch (IllegalArgumentException e) {
      throw notFitting(e);
    }
  }

  private static Backbones backbones(Settings settings, Store store) {
    try {
      return Backbones.of(settings, store);
    } catch (InputException e) {
      String key = Backbones.SETTING;
      throw settings.isRemembered(key)
          ? new InputException(
              "%s. The store remembers this %s, and together with other settings than it remembers"
                  + " its files are needed: name the folder where they are now (--backbone)",
              e.getMessage(), key)
          : e;
    }
  }

  private static ExtractorSpec withBoxes(Settings settings, ExtractorSpec spec) {
    boolean given = !settings.string(BoxFile.SETTING).isBlank();
    return given && spec.aggregation().takesBoxes()
        ? spec.with(BoxFile.table(boxes(settings)))
        : spec;
  }

  private static Path boxes(Settings settings) {
    return SettingFile.path(settings.string(BoxFile.SETTING));
  }

  /** The name in the store of the extractor that the settings describe. */
  public static String id(JobContext context) {
    return id(spec(context));
  }

  private static ExtractorSpec spec(
      Settings settings,
      Backbones backbones,
      Aggregation aggregation,
      List<Scale> scales,
      ScaleCombination combination) {
    return new ExtractorSpec(
        ExtractorSpec.SCHEMA_VERSION,
        backbones.first(),
        aggregation,
        scales,
        BatchSize.of(settings, scales, backbones.cards()),
        new ImageLimits(settings.bytes("image.max-bytes"), settings.count("image.max-pixels")),
        combination,
        Optional.empty(),
        backbones.others());
  }

  private static ScaleCombination combination(Settings settings) {
    String name = settings.string("extractor.scale-combination");
    if (name.equals(WhitenedSum.NAME)) {
      return WhitenedSum.parse(scaleWhitening(settings));
    }
    return ScaleCombination.of(name, (float) settings.number("extractor.scale-gem-p", 1, 100));
  }

  private static byte[] scaleWhitening(Settings settings) {
    String key = "extractor." + WhitenedSum.SETTING;
    String file = settings.string(key);
    if (file.isBlank()) {
      throw new InputException(
          "extractor.scale-combination is %s, and %s names no file: give one, or take sum",
          WhitenedSum.NAME, key);
    }
    return SettingFile.content(SettingFile.path(file), key);
  }

  private static Aggregation aggregation(Settings settings, Store store, Backbones backbones) {
    AggregationKind kind = AggregationKind.of(settings.string("extractor.aggregator"));
    AggregationParameters parameters = AggregationParameters.of(settings, store, backbones);
    return kind.fromSettings().of(parameters, backbones.taps());
  }

  private static List<Scale> scales(Settings settings) {
    List<Scale> scales = new ArrayList<>();
    try {
      for (Config scale : settings.objects("extractor.scales")) {
        scales.add(
            new Scale(
                scale.getInt("long-side"),
                scale.getInt("short-side"),
                (float) scale.getDouble("weight")));
      }
    } catch (ConfigException | IllegalArgumentException e) {
      throw new InputException("extractor.scales: %s", e.getMessage());
    }
    return scales;
  }

  /** Bytes of the networks' files, here or in the store. */
  public long networkBytes(Store store) {
    if (spec.isGiven()) {
      return 0;
    }
    return torchScripts.isEmpty()
        ? IntStream.range(0, spec.backbones().size())
            .mapToLong(i -> artifact(store).file(Backbones.name(i)).bytes())
            .sum()
        : torchScripts.stream().mapToLong(file -> file.toFile().length()).sum();
  }

  /**
   * How many a unit of work describes, of so many images. It depends on nothing that another
   * machine or another day would change.
   */
  public long imagesAUnit(JobContext context, long images) {
    // Vectors that are given take no network.
    return spec.isGiven()
        ? context.unitSize().ofRows(images)
        : context.unitSize().ofImages(images, spec.batchSize(), secondsEach(context.store()));
  }

  private double secondsEach(Store store) {
    double pixels =
        spec.scales().stream().mapToDouble(s -> (double) s.longSide() * s.shortSide()).sum();
    return SECONDS * networkBytes(store) * pixels;
  }

  private ArtifactManifest artifact(Store store) {
    return new Artifacts(store).require(Layout.extractor(id()));
  }

  /** Puts spec, backbones and boxes into the store, unless they are there. */
  public ArtifactManifest commit(Store store, String run) {
    Map<String, ByteSource> contents = new HashMap<>();
    contents.put(SPEC, ByteSource.of(spec.toJson().getBytes(StandardCharsets.UTF_8)));
    for (int i = 0; i < torchScripts.size(); i++) {
      contents.put(Backbones.name(i), ByteSource.of(torchScripts.get(i)));
    }
    boolean isThere = new Artifacts(store).find(Layout.extractor(id())).isPresent();
    if (boxes.isEmpty() || isThere) {
      return commit(store, run, contents);
    }
    Path copy = copy(boxes.get(), spec.boxes().orElseThrow());
    try {
      contents.put(BOXES, ByteSource.of(copy));
      return commit(store, run, contents);
    } finally {
      copy.toFile().delete();
    }
  }

  private ArtifactManifest commit(Store store, String run, Map<String, ByteSource> contents) {
    Inputs inputs = Inputs.of("backbone", spec.backbone().sha256());
    for (int i = 1; i < spec.backbones().size(); i++) {
      inputs = inputs.with("backbone-" + (i + 1), spec.backbones().get(i).sha256());
    }
    return new Artifacts(store)
        .commit(
            Layout.extractor(id()),
            new ArtifactDraft(id(), "extractor", inputs, run),
            contents,
            "extractor");
  }

  /** What is stored is what the spec names: somebody may be writing the table anew. */
  private static Path copy(Path table, BoxTable named) {
    Path copy = null;
    try {
      copy = Files.createTempFile("remap-boxes", ".parquet");
      Files.copy(table, copy, StandardCopyOption.REPLACE_EXISTING);
      try (InputStream in = Files.newInputStream(copy)) {
        if (Sha256.hex(in).equals(named.sha256())) {
          return copy;
        }
      }
      copy.toFile().delete();
      throw new InputException(
          "%s (%s) was changed while it was read: run this again when it is complete",
          table, BoxFile.SETTING);
    } catch (IOException e) {
      if (copy != null) {
        copy.toFile().delete();
      }
      throw new InputException("%s cannot be copied: %s (%s)", table, e, BoxFile.SETTING);
    }
  }
}
