package dev.remap.jobs.table;

import dev.remap.index.quantizer.Probing;
import dev.remap.jobs.config.CommandText;
import dev.remap.jobs.config.InputException;
import dev.remap.jobs.store.layer.LayerId;
import dev.remap.jobs.store.layer.TableId;
import dev.remap.jobs.store.layer.TableKind;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which graphs share a table: those of the generations of one index that were searched for in the
 * same way.
 *
 * @param k how many neighbours an image has
 * @param probing which lists are visited
 * @param depth how many are ranked by their stored vectors
 */
public record GraphName(String index, int k, Probing probing, int depth) {
  private static final Pattern ID =
      Pattern.compile("(.+)-k(\\d+)-nprobe(\\d+)(?:-ef(\\d+))?-depth(\\d+)");
  private static final int LONGEST = 200;

  /** The name that is the id of a table. */
  public static GraphName parse(String id) {
    Matcher matcher = match(ID, id, "no k-NN graph");
    return new GraphName(
        matcher.group(1),
        Integer.parseInt(matcher.group(2)),
        new Probing(
            Integer.parseInt(matcher.group(3)),
            matcher.group(4) == null ? 0 : Integer.parseInt(matcher.group(4))),
        Integer.parseInt(matcher.group(5)));
  }

  /** The name of a graph's table. */
  public static GraphName of(LayerId graph) {
    return parse(graph.table().id());
  }

  /** The table's id. */
  public String id() {
    String beam = probing.efSearch() == 0 ? "" : "-ef" + probing.efSearch();
    return index + "-k" + k + "-nprobe" + probing.nprobe() + beam + "-depth" + depth;
  }

  /** The graph of a generation. */
  public LayerId layer(int generation) {
    return over(TableKind.GRAPHS, "").layer(generation);
  }

  /**
   * The table that is made from these graphs.
   *
   * @param how it is made, as the end of its id
   * @throws InputException if no folder may be called so
   */
  public TableId over(TableKind kind, String how) {
    String id = id() + how;
    if (!isPossible(how)) {
      throw new InputException(
          "Index '%s' has too long a name: %s, which is made from it, would have a name of %d"
              + " characters (%s), and %d are possible",
          index, kind.folder(), id.length(), id, LONGEST);
    }
    return kind.of(id);
  }

  /** Whether a folder may be called so. */
  public boolean isPossible(String how) {
    return id().length() + how.length() <= LONGEST;
  }

  /** The pattern of ids of tables that are made from graphs, whose own ids are the first group. */
  public static Pattern pattern(String how) {
    return Pattern.compile("(.+-depth\\d+)-" + how);
  }

  /** A match of all of an id; what it is not the id of is said if there is none. */
  public static Matcher match(Pattern ids, String id, String what) {
    Matcher matcher = ids.matcher(id);
    if (!matcher.matches()) {
      throw new IllegalArgumentException("'" + id + "' is the id of " + what);
    }
    return matcher;
  }

  /** With all options that make such a graph, whatever a file of settings says of them. */
  public CommandText options(CommandText knn) {
    return knn.with("-k", k)
        .with("--nprobe", probing.nprobe())
        .with("--ef-search", probing.efSearch())
        .with("--depth", depth);
  }
}
