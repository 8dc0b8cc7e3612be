package dev.remap.jobs.cli;

import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.layer.Layer;
import dev.remap.jobs.store.layer.Ledger;
import dev.remap.jobs.store.segment.KeyRange;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;

/** The files of a store by kind, and what it holds that must not depend on who made it. */
final class StoreFiles {
  private final Map<String, List<String>> kinds = new TreeMap<>();
  private final Map<String, List<String>> content = new TreeMap<>();

  StoreFiles(Path root) {
    Store store = Store.open(root.toUri().toString(), new Configuration());
    try (Stream<Path> files = Files.walk(root)) {
      files
          .filter(Files::isRegularFile)
          .map(file -> root.relativize(file).toString())
          .sorted()
          .forEach(file -> kinds.computeIfAbsent(kind(file), k -> new ArrayList<>()).add(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    for (String ledger : files("ledger")) {
      Ledger layer = new Layer(store, ledger.replace("/ledger.json", "")).requireLedger();
      for (String table :
          List.of("snapshot", "descriptors", "moments", "rejects", "vectors", "shards")) {
        content.put(ledger + " " + table, Tables.digests(layer, table));
        content.put(ledger + " keys", units(layer));
      }
    }
    for (String kind : List.of("whitenings file", "quantizers file", "extractors file")) {
      content.put(kind, of(kind));
    }
  }

  private static List<String> units(Ledger layer) {
    return layer
        .segments(layer.units().get(0).segments().firstKey(), KeyRange.ALL)
        .map(placed -> placed.range() + " " + placed.segment().rows())
        .toList();
  }

  private static String kind(String file) {
    String[] names = file.split("/", -1);
    String name = names[names.length - 1];
    String below = names[names.length - 2 < 0 ? 0 : names.length - 2];
    if (names.length == 1) {
      return "store mark";
    }
    return names[0]
        + (file.contains("-compacted/") ? " compacted" : "")
        + switch (below) {
          case "records" -> " record";
          case "published" -> " publication";
          case "segments" -> " segment";
          default ->
              name.startsWith("shard-")
                  ? " shard"
                  : name.endsWith(".json") && !name.contains("extractor-")
                      ? " " + name.replace(".json", "")
                      : " file";
        };
  }

  List<String> kinds() {
    return List.copyOf(kinds.keySet());
  }

  List<String> of(String kind) {
    return kinds.getOrDefault(kind, List.of());
  }

  private List<String> files(String ending) {
    return kinds.entrySet().stream()
        .filter(entry -> entry.getKey().endsWith(" " + ending))
        .flatMap(entry -> entry.getValue().stream())
        .toList();
  }

  /**
   * Whether a deleted file leaves a trace: there may be no end of a run, no publication, a
   * compaction that was killed before its ledger, and nothing that is remembered.
   */
  boolean isMissed(String kind) {
    return !kind.equals("runs finished")
        && !kind.equals("indexes publication")
        && !kind.startsWith("settings ")
        && !kind.endsWith(" compacted ledger");
  }

  /** What another store holds otherwise. */
  List<String> differences(StoreFiles other) {
    return content.keySet().stream()
        .filter(name -> !content.get(name).equals(other.content.get(name)))
        .toList();
  }
}
