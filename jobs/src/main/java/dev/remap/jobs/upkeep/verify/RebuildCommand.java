package dev.remap.jobs.upkeep.verify;

import dev.remap.jobs.config.CommandText;
import dev.remap.jobs.rerank.PreparedName;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.sample.CleanName;
import dev.remap.jobs.sample.Labels;
import dev.remap.jobs.stage.publish.Displaced;
import dev.remap.jobs.store.Inputs;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.layer.Layer;
import dev.remap.jobs.store.layer.LayerChain;
import dev.remap.jobs.store.layer.LayerId;
import dev.remap.jobs.store.layer.TableKind;
import dev.remap.jobs.table.DuplicatesName;
import dev.remap.jobs.table.GraphName;
import dev.remap.jobs.table.RegionWhitenings;
import dev.remap.jobs.table.ShardLayout;
import dev.remap.jobs.table.Weights;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Which commands make which file of a store, in full and with the settings that made it. */
record RebuildCommand(JobContext context, Origins origins) {
  private static final String SNAPSHOT = "--snapshot";
  private static final String WHITENING = "--whitening";
  private static final String GENERATION = "--generation";

  RebuildCommand(JobContext context, Store store) {
    this(context, new Origins(store));
  }

  Store store() {
    return origins.store();
  }

  /** The stages that make a file, the first one first; none if no command does. */
  static List<String> stages(String path) {
    return Origins.stages(names(path));
  }

  private static String[] names(String path) {
    return path.split("/", -1);
  }

  /** Whether only the artifact's manifest says with which options a file of it was made. */
  static boolean isToldByManifest(String path) {
    return Origins.areToldByManifest(names(path));
  }

  /** Whether a file is one of a layer's or generation's own, which a plan or ledger tells of. */
  static boolean isOfLayer(String path) {
    return LayerId.of(path).filter(layer -> path.startsWith(layer.folder() + "/")).isPresent();
  }

  /** The commands for a file, with the options that single it out. */
  List<CommandText> commands(String path) {
    String[] names = names(path);
    if (stages(path).equals(List.of("publish"))) {
      Optional<CommandText> displaced = displaced(names[1]);
      if (displaced.isPresent()) {
        return displaced.stream().toList();
      }
    }
    return Stream.concat(
            graph(path).stream(), origins.made(names).stream().map(stage -> command(stage, names)))
        .toList();
  }

  /** What makes the generation live that ought to be; the newest is judged without the log. */
  private Optional<CommandText> displaced(String index) {
    return Origins.unlessLost(
        () -> Displaced.of(store(), index).map(found -> found.command(context::line)),
        Optional.empty());
  }

  /** What makes the graph again that a table was made from, if garbage has taken it. */
  private Optional<CommandText> graph(String path) {
    return LayerId.of(path)
        .filter(layer -> layer.table().kind() != TableKind.GRAPHS)
        .flatMap(
            layer ->
                graphOf(layer.table().kind(), layer.table().id())
                    .map(graph -> graph.layer(layer.number())))
        .filter(graph -> !store().exists(new Layer(store(), graph.folder()).planPath()))
        .map(graph -> command("knn", names(graph.folder())));
  }

  /** The graph that a table has the name of, or was made from. */
  private static Optional<GraphName> graphOf(TableKind kind, String id) {
    return switch (kind) {
      case GRAPHS -> Optional.of(GraphName.parse(id));
      case DUPLICATES -> Optional.of(DuplicatesName.parse(id).graph());
      case CLEANED -> Optional.of(CleanName.parse(id).graph());
      case AUGMENTED, FLOWS -> Optional.of(PreparedName.parse(id).graph());
      case SNAPSHOTS, DESCRIPTORS, VECTORS, SHARDS -> Optional.empty();
    };
  }

  private CommandText command(String stage, String... names) {
    String layer = Origins.layer(names);
    CommandText line = index(names).map(it -> context.line(stage, it)).orElse(context.line(stage));
    line = withSettings(line, stage, names);
    return switch (stage) {
      case "compact" -> layer.endsWith(LayerChain.COMPACTED) ? line.with("--full") : line;
      case "snapshot" -> numbered(line, SNAPSHOT, layer);
      case "extract" -> names[0].equals("extractors") ? line : numbered(line, SNAPSHOT, layer);
      case "whiten" ->
          names[0].equals("whitenings")
              ? fittedOn(line, names)
              : numbered(line, SNAPSHOT, layer).with(WHITENING, names[1]);
      case "quantize" -> startedFrom(trainedOn(line, names[1]), names);
      case "weigh", Weights.TRAIN -> weighedBy(line, names);
      case RegionWhitenings.COMMAND -> fittedFor(line, names);
      case "knn" -> numbered(GraphName.parse(names[1]).options(line), GENERATION, layer);
      case "dedup" -> numbered(found(line, DuplicatesName.parse(names[1])), GENERATION, layer);
      case "clean" -> numbered(cleaned(line, names), GENERATION, layer);
      case "prepare" -> numbered(prepared(line, PreparedName.parse(names[1])), GENERATION, layer);
      case "build" ->
          begun(names) ? numbered(line, GENERATION, layer) : unique(laidOut(line, names), names);
      default -> line;
    };
  }

  /** The index that a file is of. */
  private static Optional<String> index(String... names) {
    return TableKind.ofFolder(names[0])
        .flatMap(
            kind ->
                kind == TableKind.SHARDS
                    ? Optional.of(names[1])
                    : graphOf(kind, names[1]).map(GraphName::index));
  }

  private static CommandText found(CommandText line, DuplicatesName duplicates) {
    return line.with("--graph", duplicates.graph().id())
        .with(duplicates.option(), duplicates.threshold())
        .with("--keep", duplicates.keep());
  }

  private CommandText cleaned(CommandText line, String... names) {
    CleanName name = CleanName.parse(names[1]);
    return labelled(
        line.with("--graph", name.graph().id()).with("--threshold", name.threshold()),
        origins.cleaned(names));
  }

  private static CommandText prepared(CommandText line, PreparedName prepared) {
    return line.with("--graph", prepared.graph().id()).with("--rerank", prepared.method());
  }

  private static CommandText numbered(CommandText line, String option, String name) {
    return name.matches("\\d{8}") ? line.with(option, Integer.valueOf(name)) : line;
  }

  /** Without its plan, a generation cannot be made again: another one takes its place. */
  private boolean begun(String... names) {
    return store()
        .exists(new Layer(store(), names[0] + "/" + names[1] + "/" + names[2]).planPath());
  }

  private CommandText laidOut(CommandText line, String... names) {
    boolean isSaid = line.toString().contains("index.layout=");
    return origins
        .layout(names)
        .filter(there -> isSaid || there == ShardLayout.LIST)
        .map(there -> line.with("--layout", there.label()))
        .orElse(line);
  }

  private CommandText unique(CommandText line, String... names) {
    return origins
        .duplicates(names)
        .map(layer -> line.with("--unique").with("--duplicates", layer.table().id()))
        .orElse(line);
  }

  private CommandText fittedOn(CommandText line, String... names) {
    Optional<String> labels = origins.told(names, Weights.LABELS);
    CommandText asked =
        labels.isPresent()
            ? labelled(line, labels)
            : with(line, "--import", origins.broughtIn(names));
    return with(asked, SNAPSHOT, origins.fittedOn(names[1]));
  }

  private static CommandText with(CommandText line, String option, Optional<?> value) {
    return value.map(it -> line.with(option, it)).orElse(line);
  }

  /** By the option that the labels were given with, if there were any. */
  private static CommandText labelled(CommandText line, Optional<String> text) {
    Labels labels = text.map(Labels::parse).orElse(new Labels(null, null, null));
    CommandText grouped = with(line, "--groups", Optional.ofNullable(labels.groups()));
    CommandText paired = with(grouped, "--pairs", Optional.ofNullable(labels.pairs()));
    return with(paired, "--clean", Optional.ofNullable(labels.clean()));
  }

  private CommandText trainedOn(CommandText line, String quantizer) {
    return origins
        .trainedOn(quantizer)
        .map(
            inputs ->
                numbered(line, SNAPSHOT, inputs.require(Inputs.SNAPSHOT))
                    .with(WHITENING, inputs.whitening()))
        .orElse(line);
  }

  private CommandText startedFrom(CommandText line, String... names) {
    return with(line, "--start", origins.told(names, Inputs.START));
  }

  private CommandText weighedBy(CommandText line, String... names) {
    return labelled(ofSnapshot(line, names), origins.told(names, Weights.LABELS));
  }

  /** A whitening of regions, of which snapshot, and for which aggregator. */
  private CommandText fittedFor(CommandText line, String... names) {
    Optional<String> aggregator =
        origins
            .told(names, RegionWhitenings.AGGREGATOR)
            .or(() -> origins.setting(names, "extractor.aggregator"));
    CommandText wanted = with(ofSnapshot(line, names), "--for", aggregator);
    return with(wanted, "--images", origins.told(names, RegionWhitenings.IMAGES));
  }

  private CommandText ofSnapshot(CommandText line, String... names) {
    return with(line, SNAPSHOT, origins.manifest(names).map(it -> it.inputs().snapshot()));
  }

  /** What it was made with is in the record of the run that made it, or one like it. */
  private CommandText withSettings(CommandText line, String stage, String... names) {
    return origins
        .maker(stage, names)
        .map(run -> line.withSettings(run.otherSettings(context.settings())))
        .orElse(line);
  }
}
