package dev.remap.jobs.evaluate;

import dev.remap.core.evaluation.Protocol;
import dev.remap.jobs.config.InputException;
import dev.remap.jobs.evaluate.truth.NearestTruth;
import dev.remap.jobs.evaluate.truth.PairLists;
import dev.remap.jobs.evaluate.truth.ProtocolTruth;
import dev.remap.jobs.evaluate.truth.ProtocolTruth.Judged;
import dev.remap.jobs.evaluate.truth.TruthFiles;
import dev.remap.jobs.evaluate.truth.TruthRemarks;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.search.QueryBlock;
import dev.remap.jobs.spark.UnitRunner;
import dev.remap.jobs.store.Concurrently;
import dev.remap.jobs.store.layer.TableReader;
import dev.remap.jobs.store.row.VectorRow;
import dev.remap.jobs.store.segment.KeyRange;
import dev.remap.jobs.store.segment.Verification;
import dev.remap.jobs.table.Generation;
import dev.remap.jobs.table.Snapshots;
import dev.remap.jobs.table.Vectors;
import java.io.Serializable;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.spark.broadcast.Broadcast;

/**
 * The queries of a protocol with their vectors, and the keys of what its truth names.
 *
 * @param keys of the images that are indexed, by their names in the truth
 * @param remarks what the user should know of it
 * @param paired vectors of the indexed images of pairs, by their names
 */
record ProtocolQueries(
    ProtocolTruth truth,
    Map<String, Long> keys,
    List<Asked> asked,
    List<String> remarks,
    Map<String, float[]> paired) {
  private static final int MOST_NAMES = 5_000_000;

  /** Their vectors are in memory together. */
  private static final int MOST_PAIRED = 100_000;

  /** A query with its vector. */
  record Asked(long id, String name, float[] vector) {}

  /** An indexed image that the truth names. */
  private record Named(String name, String imageId, long key, float[] vector)
      implements Serializable {
    /** Whether it is called by its id. */
    boolean isWhole() {
      return name.equalsIgnoreCase(imageId);
    }
  }

  /** What is ignored takes so many places of a ranking at the most. */
  int ignored() {
    int most = truth.judged().stream().mapToInt(one -> one.junk().size()).max().orElse(0);
    return most + truth.ignored().size() + 1;
  }

  /**
   * Reads them.
   *
   * @param pairs of images whose vectors are wanted, too
   */
  static ProtocolQueries of(
      JobContext context, Generation generation, ProtocolInputs inputs, Optional<PairLists> pairs) {
    if (inputs.isOwnTruth()) {
      return new NearestQueries(context, generation).of(inputs);
    }
    Protocol protocol = inputs.protocol();
    Optional<String> queries = inputs.queries();
    boolean byNames = inputs.truth().isEmpty();
    ProtocolTruth read =
        inputs.truth().map(file -> TruthFiles.read(protocol, Path.of(file))).orElse(null);
    Set<String> paired = pairs.map(PairLists::names).orElse(Set.of());
    if (paired.size() > MOST_PAIRED) {
      throw new InputException(
          "The pairs are of %,d images: of at most %,d, vectors are taken in",
          paired.size(), MOST_PAIRED);
    }
    Map<String, Named> found =
        named(context, generation.vectors(), protocol, read, queries, paired);
    ProtocolTruth whole =
        read != null ? read : TruthFiles.ofNames(protocol, List.copyOf(found.keySet()));
    ProtocolTruth truth = whole.withoutThemselves();
    if (byNames && truth.judged().isEmpty()) {
      throw new InputException(
          "No indexed image is named as %s's are: is this its catalogue?", protocol.label());
    }
    if (truth.judged().stream().allMatch(one -> one.relevant().isEmpty())) {
      throw new InputException(
          "No query of %s has anything to find: is this the right truth?",
          inputs.truth().orElse("the catalogue"));
    }
    Map<String, Long> keys = new HashMap<>();
    found.forEach((name, image) -> keys.put(name, image.key));
    List<String> remarks = new ArrayList<>();
    TruthRemarks.repeated(truth).forEach(remarks::add);
    TruthRemarks.themselves(whole).forEach(remarks::add);
    TruthRemarks.missing(truth, keys, remarks);
    if (protocol != Protocol.ANN) {
      TruthRemarks.distractors(truth, keys, generation.vectors().rows(context), remarks);
    }
    if (byNames) {
      remarks.add(
          "%s has %s; indexed are %,d images with such names, %,d of them queries"
              .formatted(
                  protocol.label(),
                  protocol == Protocol.HOLIDAYS
                      ? "1,491 images and 500 queries"
                      : "10,200 images, all queries",
                  found.size(),
                  truth.queries().size()));
      TruthRemarks.unasked(truth, found.keySet()).forEach(remarks::add);
    }
    List<Asked> asked =
        queries.isPresent()
            ? given(context, generation, truth, queries.get())
            : catalogued(context, generation, truth, found, remarks);
    Map<String, float[]> vectors = new HashMap<>();
    paired.stream()
        .filter(found::containsKey)
        .forEach(name -> vectors.put(name, found.get(name).vector));
    return new ProtocolQueries(truth, keys, asked, remarks, vectors);
  }

  /** The indexed images that the truth names, by those names. */
  private static Map<String, Named> named(
      JobContext context,
      Vectors vectors,
      Protocol protocol,
      ProtocolTruth truth,
      Optional<String> queries,
      Set<String> paired) {
    HashSet<String> names = new HashSet<>(paired);
    HashSet<String> asking = new HashSet<>(paired);
    Set<String> loose = new HashSet<>();
    if (truth != null) {
      names.addAll(truth.names());
      loose.addAll(truth.listed());
      loose.removeAll(names);
      names.addAll(truth.listed());
      asking.addAll(queries.isPresent() ? List.of() : truth.queries());
    }
    Broadcast<HashSet<String>> wanted = context.spark().broadcast(names);
    Broadcast<HashSet<String>> asked = context.spark().broadcast(asking);
    Map<String, Named> found = new TreeMap<>();
    for (List<Named> some :
        new UnitRunner(context, "images")
            .run(
                vectors.units(context),
                vectors.rows(context),
                (unit, task) -> {
                  ArrayList<Named> all = new ArrayList<>();
                  try (TableReader<VectorRow> rows =
                      vectors
                          .chain(task.store())
                          .table(task.store(), vectors.format())
                          .read(unit.range(), Verification.FULL)) {
                    rows.forEachRemaining(
                        row -> {
                          for (String name : names(row.imageId(), protocol, wanted.value())) {
                            all.add(of(name, row, protocol, asked.value()));
                          }
                          task.done().accept(1);
                        });
                  }
                  return all;
                })) {
      some.forEach(image -> add(found, image, loose));
      if (found.size() > MOST_NAMES) {
        throw new InputException("The truth names more than %,d images", MOST_NAMES);
      }
    }
    return found;
  }

  /**
   * Takes in what a name may mean: whose id it is, before whose end of an id it is.
   *
   * @param loose names of which no score depends
   */
  private static void add(Map<String, Named> found, Named image, Set<String> loose) {
    Named other = found.get(image.name);
    if (other != null && other.isWhole() == image.isWhole() && !loose.contains(image.name)) {
      throw new InputException(
          "The truth's name %s may be %s or %s: image ids must differ by more than folders and"
              + " endings",
          image.name, other.imageId, image.imageId);
    }
    if (other == null || !other.isWhole()) {
      found.put(image.name, image);
    }
  }

  private static Named of(String name, VectorRow row, Protocol protocol, Set<String> asking) {
    boolean asks =
        asking.contains(name)
            || protocol == Protocol.UKBENCH
            || (protocol == Protocol.HOLIDAYS && name.endsWith("00"));
    return new Named(name, row.imageId(), row.key(), asks ? row.vector() : new float[0]);
  }

  /** What the truth calls an image: nothing, if it does not name it. */
  private static List<String> names(String imageId, Protocol protocol, Set<String> names) {
    String id = protocol == Protocol.CDVS ? imageId.toLowerCase(Locale.ROOT) : imageId;
    String stem = ProtocolTruth.stem(id);
    if (protocol == Protocol.HOLIDAYS || protocol == Protocol.UKBENCH) {
      return TruthFiles.group(protocol, stem).stream().map(group -> stem).toList();
    }
    String file = id.substring(id.lastIndexOf('/') + 1);
    return Stream.of(id, file, stem).distinct().filter(names::contains).toList();
  }

  /** Queries from files, known by their names. */
  private static List<Asked> given(
      JobContext context, Generation generation, ProtocolTruth truth, String place) {
    List<FileQuery> files = FileQuery.of(context, generation, place);
    Map<String, FileQuery> byName = new HashMap<>();
    Set<String> wanted = new HashSet<>(truth.queries());
    if (truth.protocol() == Protocol.ANN && files.size() != wanted.size()) {
      throw new InputException(
          "%s has %,d queries, and the truth has the nearest of %,d: they must be of one another",
          place, files.size(), wanted.size());
    }
    for (FileQuery file : files) {
      String called = called(truth.protocol(), file.name());
      String name = wanted.contains(called) ? called : ProtocolTruth.stem(called);
      if (wanted.contains(name) && byName.put(name, file) != null) {
        throw new InputException("%s has the query %s more than once", place, name);
      }
    }
    String rows =
        truth.protocol() == Protocol.ANN
            ? ", by the numbers of its rows: a table beside it must not name them otherwise"
            : "";
    requireAll(truth, byName.keySet(), "in " + place + rows);
    Map<Long, String> names = new HashMap<>();
    byName.forEach((name, file) -> names.put(file.id(), name));
    return described(context, generation, List.copyOf(byName.values()), names);
  }

  /** What a truth may call a query. */
  private static String called(Protocol protocol, String name) {
    return switch (protocol) {
      case CDVS -> name.toLowerCase(Locale.ROOT);
      case ANN -> NearestTruth.query(ProtocolTruth.stem(name));
      default -> name;
    };
  }

  /** All queries of a place, by their own names. */
  static List<Asked> all(JobContext context, Generation generation, String place) {
    List<FileQuery> files = FileQuery.of(context, generation, place);
    Map<Long, String> names = new HashMap<>();
    for (FileQuery file : files) {
      names.put(file.id(), file.name());
    }
    if (new HashSet<>(names.values()).size() < names.size()) {
      throw new InputException("%s has two queries of one name: name each otherwise", place);
    }
    return described(context, generation, files, names);
  }

  private static void requireAll(ProtocolTruth truth, Set<String> there, String where) {
    List<String> missing =
        truth.queries().stream().filter(name -> !there.contains(name)).sorted().toList();
    if (!missing.isEmpty()) {
      throw new InputException(
          "%,d of %,d queries are not %s (%s): every query is needed",
          missing.size(), truth.queries().size(), where, TruthRemarks.some(missing));
    }
  }

  private static List<Asked> described(
      JobContext context,
      Generation generation,
      List<? extends Query> queries,
      Map<Long, String> names) {
    var vectors = QueryVectors.of(context, generation, queries);
    List<QueryVectors.Failure> failures = QueryVectors.failures(vectors);
    if (!failures.isEmpty()) {
      throw new InputException(
          "%,d queries cannot be described, such as %s: %s",
          failures.size(), names.get(failures.get(0).id()), failures.get(0).reason());
    }
    List<Asked> asked = new ArrayList<>();
    for (QueryBlock block : QueryVectors.blocks(vectors).collect()) {
      for (int q = 0; q < block.size(); q++) {
        int from = q * block.dimension();
        asked.add(
            new Asked(
                block.ids()[q],
                names.get(block.ids()[q]),
                Arrays.copyOfRange(block.vectors(), from, from + block.dimension())));
      }
    }
    return asked;
  }

  /** Queries that are images of the catalogue: their stored vectors, or what their boxes hold. */
  private static List<Asked> catalogued(
      JobContext context,
      Generation generation,
      ProtocolTruth truth,
      Map<String, Named> found,
      List<String> remarks) {
    requireAll(truth, found.keySet(), "indexed (--queries FILE|FOLDER brings others)");
    Map<String, List<Double>> boxes = new TreeMap<>();
    for (Judged one : truth.judged()) {
      if (!one.box().isEmpty()) {
        List<Double> other = boxes.put(one.query(), one.box());
        if (other != null && !other.equals(one.box())) {
          throw new InputException(
              "The truth asks for two boxes of %s: one query of each image is scored", one.query());
        }
      }
    }
    if (!boxes.isEmpty() && !generation.isGiven(context.store())) {
      return boxed(context, generation, truth, found, boxes);
    }
    if (!boxes.isEmpty()) {
      remarks.add("queries are whole images: vectors that are given have no boxes");
    }
    List<Asked> asked = new ArrayList<>();
    for (String name : truth.queries()) {
      asked.add(new Asked(asked.size(), name, found.get(name).vector));
    }
    return asked;
  }

  private static List<Asked> boxed(
      JobContext context,
      Generation generation,
      ProtocolTruth truth,
      Map<String, Named> found,
      Map<String, List<Double>> boxes) {
    if (boxes.size() < truth.queries().size()) {
      throw new InputException("Some queries of the truth have boxes, and others have none");
    }
    var table = new Snapshots(context.store()).table(generation.vectors().snapshot());
    List<CopyQuery.Original> originals =
        Concurrently.map(
            truth.queries(),
            name -> {
              long key = found.get(name).key;
              try (var reader = table.read(new KeyRange(key, key), Verification.LENGTH)) {
                return CopyQuery.Original.of(reader.next());
              }
            });
    long maxBytes = context.settings().bytes("image.max-bytes");
    long maxPixels = context.settings().count("image.max-pixels");
    List<BoxQuery> queries = new ArrayList<>();
    Map<Long, String> names = new HashMap<>();
    for (int i = 0; i < originals.size(); i++) {
      String name = truth.queries().get(i);
      names.put((long) i, name);
      queries.add(new BoxQuery(i, originals.get(i), boxes.get(name), maxBytes, maxPixels));
    }
    return described(context, generation, queries, names);
  }
}
