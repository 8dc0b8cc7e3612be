package dev.remap.jobs.table;

import dev.remap.index.shard.Shard;
import dev.remap.jobs.config.Settings;
import dev.remap.jobs.store.Inputs;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.layer.Layer;
import dev.remap.jobs.store.layer.Ledger;
import dev.remap.jobs.store.layer.Ledgers;
import dev.remap.jobs.store.layer.Plan;
import dev.remap.jobs.store.publication.Publication;
import dev.remap.jobs.store.segment.KeyRange;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What the range of a shard's unit is made of. Either way all shards together hold every entry
 * once, each with all centroids, so that each is an index of its own.
 */
public enum ShardLayout {
  /** Keys: a shard holds some images, of all lists. A night changes it as it changes them. */
  KEY,
  /** Inverted lists: a shard holds all images of some, and a query asks those that own its own. */
  LIST;

  private static final String BY_LIST = "list";

  /** What an index was made with. */
  public static ShardLayout of(Inputs inputs) {
    return inputs.find(Inputs.LAYOUT).filter(BY_LIST::equals).isPresent() ? LIST : KEY;
  }

  /** That of the live generation, else of the newest of which a plan or ledger tells. */
  public static Optional<ShardLayout> of(Store store, String index) {
    List<Integer> newestFirst = new ArrayList<>(Generation.numbers(store, index));
    Collections.reverse(newestFirst);
    return Stream.concat(
            new Publication(store, index).latest().map(Generation::number).stream(),
            newestFirst.stream())
        .map(number -> Generation.folder(index, number))
        .flatMap(
            folder ->
                new Layer(store, folder)
                        .plan()
                        .map(Plan::inputs)
                        .or(() -> Ledgers.find(store, folder).map(Ledger::inputs))
                        .stream())
        .map(ShardLayout::of)
        .findFirst();
  }

  /** What the settings ask for; else what the index has; else keys. */
  public static ShardLayout wanted(Settings settings, Store store, String index) {
    String wanted = settings.string("index.layout");
    return wanted.equals("auto") ? of(store, index).orElse(KEY) : named(wanted);
  }

  /** Writes it where it is not what it always was. */
  public Inputs into(Inputs inputs) {
    return this == LIST ? inputs.with(Inputs.LAYOUT, BY_LIST) : inputs;
  }

  /**
   * How many entries to make room for: shards of lists are as equal as their lists allow, and keep
   * their cuts while the catalogue grows.
   */
  public long room(long entries) {
    return this == LIST ? entries + entries / 8 : entries;
  }

  /** As settings and options name it. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** As the settings name it. */
  public static ShardLayout named(String name) {
    return valueOf(name.toUpperCase(Locale.ROOT));
  }

  /**
   * What is wrong with a shard that should hold nothing outside its range.
   *
   * @param range of lists or keys; {@link KeyRange#ALL} where it is not known
   */
  public Optional<String> outside(Shard shard, KeyRange range) {
    long[] sizes = shard.listSizes();
    for (int list = 0; list < sizes.length && !range.equals(KeyRange.ALL); list++) {
      if (this == LIST && sizes[list] > 0 && !range.contains(list)) {
        return Optional.of(
            "it has %,d entries in list %d, outside its lists %s"
                .formatted(sizes[list], list, range));
      }
      if (this == KEY && sizes[list] > 0) {
        long[] keys = shard.keys(list);
        if (!range.contains(keys[0]) || !range.contains(keys[keys.length - 1])) {
          return Optional.of("a key of list %d is outside its keys %s".formatted(list, range));
        }
      }
    }
    return Optional.empty();
  }
}
