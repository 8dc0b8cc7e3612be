package dev.remap.jobs.store.layer;

import dev.remap.jobs.store.Inputs;
import java.util.Optional;

/**
 * One layer of a table.
 *
 * @param name its number in eight digits, and what a compaction adds
 */
public record LayerId(TableId table, String name) {
  private static final String PATTERN = "\\d{8}(-[a-z]+)?";

  /** The layer in a folder, or that of a file in it; nothing if it is that of no table. */
  public static Optional<LayerId> of(String path) {
    String[] names = path.split("/", -1);
    Optional<TableKind> kind = TableKind.ofFolder(names[0]);
    int at = kind.isPresent() && !kind.get().isNamed() ? 1 : 2;
    if (kind.isEmpty() || !kind.get().folder().equals(names[0]) || names.length <= at) {
      return Optional.empty();
    }
    return Optional.of(new TableId(kind.get(), at == 1 ? "" : names[1]).layer(names[at]))
        .filter(layer -> isName(layer.name));
  }

  /** The layer in a folder that is known to be one. */
  public static LayerId require(String folder) {
    return of(folder)
        .orElseThrow(() -> new IllegalArgumentException(folder + " is the layer of no table"));
  }

  /** Whether a folder of a table is one of its layers. */
  public static boolean isName(String name) {
    return name.matches(PATTERN);
  }

  public String folder() {
    return table.folder() + "/" + name;
  }

  /** The folder of its rows of that name, which may lie beside the others. */
  public String folder(String rows) {
    return table.folder(rows) + "/" + name;
  }

  public int number() {
    return Integer.parseInt(name.substring(0, 8));
  }

  /** Whether a compaction made it. */
  public boolean isMerged() {
    return LayerChain.isMerged(name);
  }

  /** The one that it stands for, if a compaction made it. */
  public LayerId raw() {
    return table.layer(number());
  }

  /** The one of another table that it is made from, as far as what it says of itself tells. */
  public Optional<LayerId> source(Inputs inputs) {
    return table.kind().source(number(), inputs);
  }
}
