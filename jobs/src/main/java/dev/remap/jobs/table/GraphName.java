package dev.remap.jobs.table;

import dev.remap.index.quantizer.Probing;
import dev.remap.jobs.config.InputException;
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
    Matcher matcher = ID.matcher(id);
    if (!matcher.matches()) {
      throw new IllegalArgumentException("'" + id + "' is the id of no k-NN graph");
    }
    return new GraphName(
        matcher.group(1),
        Integer.parseInt(matcher.group(2)),
        new Probing(
            Integer.parseInt(matcher.group(3)),
            matcher.group(4) == null ? 0 : Integer.parseInt(matcher.group(4))),
        Integer.parseInt(matcher.group(5)));
  }

  /** The table's id. */
  public String id() {
    String beam = probing.efSearch() == 0 ? "" : "-ef" + probing.efSearch();
    return index + "-k" + k + "-nprobe" + probing.nprobe() + beam + "-depth" + depth;
  }

  TableId table() {
    return checked(TableKind.GRAPHS, id(), index);
  }

  /** Refuses an id that is too long for a folder. */
  public static TableId checked(TableKind kind, String id, String index) {
    if (id.length() > LONGEST) {
      throw new InputException(
          "Index '%s' has too long a name: %s, which is made from it, would have a name of %d"
              + " characters (%s), and %d are possible",
          index, kind.folder(), id.length(), id, LONGEST);
    }
    return kind.of(id);
  }
}
