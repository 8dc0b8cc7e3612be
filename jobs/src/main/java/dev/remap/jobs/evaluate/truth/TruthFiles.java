package dev.remap.jobs.evaluate.truth;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.remap.core.evaluation.Protocol;
import dev.remap.jobs.config.InputException;
import dev.remap.jobs.evaluate.record.EvaluationRecord;
import dev.remap.jobs.evaluate.truth.ProtocolTruth.Judged;
import dev.remap.jobs.store.Plain;
import dev.remap.jobs.store.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Reads ground truth as it is published. */
public final class TruthFiles {
  private static final long LONGEST = 256L << 20;
  private static final int PICKLE = 0x80;
  private static final String NUMBER = "[+-]?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][+-]?[0-9]{1,4})?";
  private static final String OXFORD_PREFIX = "oxc1_";

  private TruthFiles() {}

  /** The truth in a file, or for Oxford5k and Paris6k in a folder of text files. */
  public static ProtocolTruth read(Protocol protocol, Path path) {
    try {
      return switch (protocol) {
        case OXFORD5K, PARIS6K ->
            Files.isDirectory(path) ? texts(protocol, path) : classic(protocol, json(path), path);
        case ROXFORD5K, RPARIS6K -> revisited(protocol, json(path), path);
        case CDVS -> lists(protocol, path);
        case GLDV2 -> solution(protocol, path);
        case ILIAS -> IliasIds.read(path);
        case ANN -> NearestFile.read(path);
        case HOLIDAYS, UKBENCH ->
            throw new InputException(
                "The names of %s's images are its truth: leave out --truth", protocol.label());
      };
    } catch (IOException e) {
      throw new InputException("%s cannot be read: %s (--truth)", path, InputException.reason(e));
    }
  }

  /** Of a file's bytes; of a folder, of the names of its files and theirs. */
  public static String sha256(Protocol protocol, Path path) {
    try {
      if (Files.isDirectory(path)) {
        List<String> lines = new ArrayList<>();
        for (Path file : files(protocol, path)) {
          lines.add(file.getFileName() + " " + sha256(protocol, file));
        }
        return EvaluationRecord.sha256(lines);
      }
      try (InputStream in = Files.newInputStream(path)) {
        return Sha256.hex(in);
      }
    } catch (IOException e) {
      throw new InputException("%s cannot be read: %s (--truth)", path, InputException.reason(e));
    }
  }

  private static List<Path> files(Protocol protocol, Path folder) throws IOException {
    if (protocol == Protocol.ILIAS) {
      return IliasIds.files(folder);
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(Files::isRegularFile).toList();
    }
  }

  static String text(Path path) throws IOException {
    if (Files.size(path) > LONGEST) {
      throw new InputException(
          "%s has %,d bytes: truth of at most %,d is read", path, Files.size(path), LONGEST);
    }
    byte[] bytes = Files.readAllBytes(path);
    if (bytes.length > 0 && (bytes[0] & 0xff) == PICKLE) {
      throw new InputException(
          "%s is a pickle: make JSON of it, once, with bin/convert-truth %s FILE.json", path, path);
    }
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private static JsonNode json(Path path) throws IOException {
    try {
      JsonNode root = new ObjectMapper().readTree(text(path));
      if (root == null
          || !root.path("imlist").isArray()
          || !root.path("qimlist").isArray()
          || root.path("gnd").size() != root.path("qimlist").size()) {
        throw new InputException(
            "%s is no truth of Oxford5k, Paris6k or their revisited versions: it needs imlist,"
                + " qimlist, and a gnd for each query (bin/convert-truth makes such a file)",
            path);
      }
      return root;
    } catch (JsonProcessingException e) {
      throw new InputException(
          "%s is no JSON%s",
          path,
          e.getLocation() == null
              ? ""
              : Plain.format(
                  ": see line %,d, column %,d",
                  e.getLocation().getLineNr(), e.getLocation().getColumnNr()));
    }
  }

  private static List<String> names(JsonNode array) {
    List<String> names = new ArrayList<>();
    array.forEach(name -> names.add(name.asText()));
    return names;
  }

  private static List<String> queries(JsonNode root, Path path) {
    List<String> queries = names(root.get("qimlist"));
    Set<String> before = new LinkedHashSet<>();
    for (String query : queries) {
      requireNew(before.add(query), query, path);
    }
    return queries;
  }

  private static void requireNew(boolean isNew, String query, Path path) {
    if (!isNew) {
      throw new InputException("%s has the query %s more than once", path, query);
    }
  }

  /** The images that indexes of a query's truth name. */
  private static Set<String> set(
      JsonNode gnd, String field, List<String> images, Path path, Repeats repeats) {
    if (!gnd.path(field).isArray()) {
      throw new InputException("%s: a query's gnd has no list %s", path, field);
    }
    List<String> found = new ArrayList<>();
    for (JsonNode index : gnd.path(field)) {
      int i = index.isIntegralNumber() && index.canConvertToInt() ? index.intValue() : -1;
      if (i < 0 || i >= images.size()) {
        throw new InputException(
            "%s: %s names the image %s of %,d in imlist", path, field, index, images.size());
      }
      found.add(images.get(i));
    }
    return repeats.once(found);
  }

  private static List<Double> box(JsonNode gnd, Path path) {
    List<Double> box = new ArrayList<>();
    for (JsonNode side : gnd.path("bbx")) {
      box.add(side(side.isNumber() ? side.asText() : "", path));
    }
    if (!box.isEmpty() && box.size() != 4) {
      throw new InputException("%s has a bbx of %d numbers: a box has four", path, box.size());
    }
    return box;
  }

  private static ProtocolTruth revisited(Protocol protocol, JsonNode root, Path path) {
    List<String> images = names(root.get("imlist"));
    List<String> queries = queries(root, path);
    List<Judged> judged = new ArrayList<>();
    Repeats repeats = new Repeats();
    for (int q = 0; q < queries.size(); q++) {
      JsonNode gnd = root.get("gnd").get(q);
      Set<String> easy = set(gnd, "easy", images, path, repeats);
      Set<String> hard = set(gnd, "hard", images, path, repeats);
      Set<String> junk = set(gnd, "junk", images, path, repeats);
      judged.add(new Judged(queries.get(q), "easy", box(gnd, path), easy, both(junk, hard)));
      judged.add(new Judged(queries.get(q), "medium", box(gnd, path), both(easy, hard), junk));
      judged.add(new Judged(queries.get(q), "hard", box(gnd, path), hard, both(junk, easy)));
    }
    return new ProtocolTruth(
        protocol,
        judged,
        new LinkedHashSet<>(queries),
        new LinkedHashSet<>(images),
        repeats.count());
  }

  private static Set<String> both(Set<String> one, Set<String> other) {
    Set<String> all = new LinkedHashSet<>(one);
    all.addAll(other);
    return all;
  }

  private static ProtocolTruth classic(Protocol protocol, JsonNode root, Path path) {
    List<String> images = names(root.get("imlist"));
    List<String> queries = queries(root, path);
    List<Judged> judged = new ArrayList<>();
    Repeats repeats = new Repeats();
    for (int q = 0; q < queries.size(); q++) {
      JsonNode gnd = root.get("gnd").get(q);
      judged.add(
          new Judged(
              queries.get(q),
              "",
              box(gnd, path),
              set(gnd, "ok", images, path, repeats),
              set(gnd, "junk", images, path, repeats)));
    }
    return new ProtocolTruth(
        protocol, judged, Set.of(), new LinkedHashSet<>(images), repeats.count());
  }

  /** {@code <query>_query.txt}, {@code _good.txt}, {@code _ok.txt} and {@code _junk.txt}. */
  private static ProtocolTruth texts(Protocol protocol, Path folder) throws IOException {
    List<Path> queries;
    try (Stream<Path> files = Files.list(folder)) {
      queries = files.filter(file -> file.toString().endsWith("_query.txt")).sorted().toList();
    }
    if (queries.isEmpty()) {
      throw new InputException("%s has no files that end in _query.txt", folder);
    }
    List<Judged> judged = new ArrayList<>();
    Set<String> before = new LinkedHashSet<>();
    Repeats repeats = new Repeats();
    for (Path query : queries) {
      String name = query.getFileName().toString().replaceFirst("_query\\.txt$", "");
      String[] parts = text(query).strip().split("\\s+");
      if (parts.length != 5) {
        throw new InputException("%s has not an image and the four sides of a box in it", query);
      }
      String image = parts[0].startsWith(OXFORD_PREFIX) ? parts[0].substring(5) : parts[0];
      requireNew(before.add(image), image, folder);
      judged.add(
          new Judged(
              image,
              "",
              box(parts, query),
              repeats.once(lines(folder, name, "good", "ok")),
              repeats.once(lines(folder, name, "junk"))));
    }
    return new ProtocolTruth(protocol, judged, Set.of(), Set.of(), repeats.count());
  }

  private static List<Double> box(String[] parts, Path query) {
    return Arrays.stream(parts).skip(1).map(side -> side(side, query)).toList();
  }

  private static double side(String text, Path path) {
    double side = text.matches(NUMBER) ? Double.parseDouble(text) : Double.NaN;
    if (!Double.isFinite(side)) {
      throw new InputException("%s has a box with a side that is no number", path);
    }
    return side;
  }

  private static List<String> lines(Path folder, String query, String... files) throws IOException {
    List<String> lines = new ArrayList<>();
    for (String what : files) {
      text(folder.resolve(query + "_" + what + ".txt"))
          .lines()
          .map(String::strip)
          .filter(line -> !line.isEmpty())
          .forEach(lines::add);
    }
    return lines;
  }

  /**
   * A query and what matches it on each line, between tabs, commas or semicolons; names in lower
   * case, as this protocol compares them.
   */
  private static ProtocolTruth lists(Protocol protocol, Path path) throws IOException {
    TreeMap<String, List<String>> all = new TreeMap<>();
    for (String line : lines(path)) {
      List<String> parts = parts(line);
      if (parts.isEmpty()) {
        throw new InputException("%s has a line without a query: %s", path, line.strip());
      }
      add(all, parts.get(0), parts.subList(1, parts.size()), path);
    }
    return of(protocol, all);
  }

  /** Those of a file that are not blank. */
  static List<String> lines(Path path) throws IOException {
    return text(path).lines().filter(line -> !line.isBlank()).toList();
  }

  /** What is between tabs, commas or semicolons, in lower case. */
  static List<String> parts(String line) {
    return Arrays.stream(line.split("[\t,;]"))
        .map(String::strip)
        .filter(part -> !part.isEmpty())
        .map(part -> part.toLowerCase(Locale.ROOT))
        .toList();
  }

  /** {@code id,images,Usage}; queries without images are not scored. */
  private static ProtocolTruth solution(Protocol protocol, Path path) throws IOException {
    List<String> lines = lines(path);
    if (lines.isEmpty() || !lines.get(0).strip().equals("id,images,Usage")) {
      throw new InputException(
          "%s does not begin with id,images,Usage, as the solutions of Google Landmarks do", path);
    }
    TreeMap<String, List<String>> all = new TreeMap<>();
    for (String line : lines.subList(1, lines.size())) {
      String[] parts = line.split(",", -1);
      if (parts.length != 3) {
        throw new InputException("%s has a line that is not id,images,Usage: %s", path, line);
      }
      if (!parts[2].strip().equals("Ignored")
          && !parts[1].isBlank()
          && !parts[1].strip().equals("None")) {
        add(all, parts[0].strip(), List.of(parts[1].strip().split("\\s+")), path);
      }
    }
    return of(protocol, all);
  }

  private static void add(
      TreeMap<String, List<String>> all, String query, List<String> images, Path path) {
    requireNew(all.put(query, images) == null, query, path);
  }

  private static ProtocolTruth of(Protocol protocol, TreeMap<String, List<String>> all) {
    List<Judged> judged = new ArrayList<>();
    Repeats repeats = new Repeats();
    all.forEach(
        (query, images) ->
            judged.add(new Judged(query, "", List.of(), repeats.once(images), Set.of())));
    return new ProtocolTruth(protocol, judged, Set.of(), Set.of(), repeats.count());
  }

  /** The truth that names of images tell: of Holidays and UKBench. */
  public static ProtocolTruth ofNames(Protocol protocol, List<String> images) {
    TreeMap<String, Set<String>> groups = new TreeMap<>();
    for (String image : images) {
      group(protocol, image)
          .ifPresent(
              group -> groups.computeIfAbsent(group, key -> new LinkedHashSet<>()).add(image));
    }
    List<Judged> judged = new ArrayList<>();
    for (Set<String> group : groups.values()) {
      Set<String> all = all(protocol, group);
      for (String image : group) {
        Set<String> relevant = new LinkedHashSet<>(all);
        if (protocol == Protocol.HOLIDAYS) {
          relevant.remove(image);
        }
        boolean asks = protocol == Protocol.UKBENCH || image.endsWith("00");
        if (asks && !relevant.isEmpty()) {
          judged.add(new Judged(image, "", List.of(), relevant, Set.of()));
        }
      }
    }
    return new ProtocolTruth(protocol, judged, Set.of());
  }

  /** A group with those of its numbers that are not there: they should be found, too. */
  private static Set<String> all(Protocol protocol, Set<String> group) {
    String last = Collections.max(group);
    int digits = protocol == Protocol.HOLIDAYS ? 2 : 5;
    String before = last.substring(0, last.length() - digits);
    int number = Integer.parseInt(last.substring(last.length() - digits));
    int from = protocol == Protocol.HOLIDAYS ? 0 : number / 4 * 4;
    int to = protocol == Protocol.HOLIDAYS ? number : from + 3;
    Set<String> all = new LinkedHashSet<>();
    for (int i = from; i <= to; i++) {
      all.add(before + String.format(Locale.ROOT, "%0" + digits + "d", i));
    }
    return all;
  }

  /** The group of an image, by its name without folders and ending. */
  public static Optional<String> group(Protocol protocol, String image) {
    if (protocol == Protocol.HOLIDAYS && image.matches("\\d{6}")) {
      return Optional.of(image.substring(0, 4));
    }
    return protocol == Protocol.UKBENCH && image.matches("ukbench\\d{5}")
        ? Optional.of(Integer.toString(Integer.parseInt(image.substring("ukbench".length())) / 4))
        : Optional.empty();
  }
}
