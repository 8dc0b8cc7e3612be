package dev.remap.jobs.table;

import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.run.JobFailedException;
import dev.remap.jobs.store.Inputs;
import dev.remap.jobs.store.NumberedFolders;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.layer.LayerChain;
import dev.remap.jobs.store.layer.LayerId;
import dev.remap.jobs.store.layer.Ledger;
import dev.remap.jobs.store.layer.NumberedTable;
import dev.remap.jobs.store.layer.TableKind;
import dev.remap.jobs.store.segment.RowFormat;
import java.util.Locale;
import java.util.Optional;

/**
 * The books of one layer, whose units are all done: what their records say must agree with itself,
 * and with what the layer is made from. They are looked at before the layer has a ledger, which
 * makes it count.
 */
public final class LayerBooks {
  /**
   * What the records of a layer that was made again count images by that cannot be reached any
   * more, and that the layers above have otherwise or not at all.
   */
  public static final String REPLACED = "replaced";

  private final JobContext context;
  private final Store store;
  private final Ledger layer;
  private final LayerId id;

  private LayerBooks(JobContext context, Ledger layer) {
    this.context = context;
    this.store = context.store();
    this.layer = layer;
    this.id = LayerId.require(layer.layer());
  }

  /**
   * Throws a {@link JobFailedException} with the numbers and with what to do unless they balance.
   *
   * @param layer what its ledger will say, or says
   */
  public static void require(JobContext context, Ledger layer) {
    objection(context, layer)
        .ifPresent(
            objection -> {
              throw new JobFailedException(
                  "%s. Nothing of it counts: `%s` removes what its units have recorded, and says"
                      + " what makes it again",
                  objection, context.line("verify").with("--repair"));
            });
  }

  /** Why the books of a layer do not balance, with the numbers; nothing if they do. */
  public static Optional<String> objection(JobContext context, Ledger layer) {
    LayerBooks books = new LayerBooks(context, layer);
    if (books.id.isMerged()) {
      return books.merged();
    }
    return switch (books.id.table().kind()) {
      case SNAPSHOTS -> books.snapshot();
      case DESCRIPTORS -> books.descriptors();
      case VECTORS -> books.vectors();
      case SHARDS -> books.shards();
      case GRAPHS -> books.graph();
      case DUPLICATES -> books.duplicates();
      case CLEANED -> books.labels();
      case AUGMENTED, FLOWS -> books.prepared();
    };
  }

  private int number() {
    return id.number();
  }

  private long count(String name) {
    return layer.counts().getOrDefault(name, 0L);
  }

  private Optional<Integer> parent() {
    return layer.inputs().parent();
  }

  private static Optional<String> unless(boolean balance, String format, Object... values) {
    return balance ? Optional.empty() : Optional.of(String.format(Locale.ROOT, format, values));
  }

  private Optional<String> snapshot() {
    long images = layer.inputs().images();
    long before = parent().map(new Snapshots(store)::images).orElse(0L);
    long added = count("added");
    long changed = count("changed");
    long removed = count("removed");
    long rows = layer.rows(TableKind.SNAPSHOTS.rows());
    boolean sums = before + added - removed == images && added + changed + removed == rows;
    long live = sums ? RowCounter.with(context, layer, RowFormat::snapshot) : 0;
    return unless(
        sums && live == images,
        "Books of snapshot %d do not balance: %,d images were listed; %,d before, %,d added, %,d"
            + " changed, %,d removed (%,d rows)%s",
        number(),
        images,
        before,
        added,
        changed,
        removed,
        rows,
        sums ? String.format(Locale.ROOT, "; %,d in its layers", live) : "");
  }

  private Optional<String> descriptors() {
    long images = new Snapshots(store).images(number());
    long tried = count("listed");
    long described = count("described");
    long rejected = count("rejected");
    // A layer that lies on others also takes back what they hold.
    boolean delta = parent().isPresent();
    long replaced = count(REPLACED);
    long deleted = delta ? rejected + count("removed") + replaced : 0;
    boolean sums =
        described + rejected + replaced == tried
            && (delta || tried == images)
            && described + deleted == layer.rows(TableKind.DESCRIPTORS.rows())
            && rejected + count("recovered") == layer.rows("rejects");
    Descriptors those = Descriptors.of(store, id.table().id(), number());
    long live = sums ? RowCounter.with(context, layer, those::format) : 0;
    long rejects = sums ? RowCounter.with(context, layer, RowFormat::rejects) : 0;
    long found = live + rejects;
    return unless(
        sums && found <= images && found + replacedBelow() >= images,
        "Books of the descriptors of snapshot %d do not balance: %,d listed, %,d tried, %,d"
            + " described (%,d rows), %,d rejected (%,d rows)%s",
        number(),
        images,
        tried,
        described,
        layer.rows(TableKind.DESCRIPTORS.rows()),
        rejected,
        layer.rows("rejects"),
        sums
            ? String.format(
                Locale.ROOT, "; in its layers %,d described, %,d rejected", live, rejects)
            : "");
  }

  /** How many images this layer and those below may lack; the newest one lacks none. */
  private long replacedBelow() {
    boolean isNewest =
        NumberedFolders.in(store, TableKind.DESCRIPTORS.of(id.table().id()).folder()).stream()
            .noneMatch(later -> later > number());
    if (isNewest) {
      return 0;
    }
    long below =
        parent().stream()
            .flatMap(
                number ->
                    LayerChain.of(store, TableKind.DESCRIPTORS.of(id.table().id()).folder(), number)
                        .ledgers(store)
                        .stream())
            .mapToLong(ledger -> ledger.counts().getOrDefault(REPLACED, 0L))
            .sum();
    return count(REPLACED) + below;
  }

  private Optional<String> vectors() {
    long rows = layer.rows(TableKind.VECTORS.rows());
    Descriptors source = Descriptors.of(store, layer.inputs().extractor(), number());
    Vectors those =
        new Vectors(id.table().id(), number(), Whitenings.load(store, id.table().id()).dimension());
    long descriptors = source.rows(context);
    long vectors = RowCounter.with(context, layer, those::format);
    return unless(
        vectors == descriptors && count(TableKind.VECTORS.rows()) == rows,
        "Books of the vectors of snapshot %d do not balance: %,d descriptors, %,d vectors (%,d of"
            + " %,d rows)",
        number(),
        descriptors,
        vectors,
        count(TableKind.VECTORS.rows()),
        rows);
  }

  private Optional<String> shards() {
    String whitening = layer.inputs().whitening();
    int snapshot = layer.inputs().snapshot();
    int dimension = Whitenings.load(store, whitening).dimension();
    Vectors those =
        new Vectors(whitening, snapshot, dimension).without(layer.inputs().find(Inputs.DUPLICATES));
    long vectors = those.rows(context);
    long entries = layer.rows(TableKind.SHARDS.rows());
    return unless(
        entries == vectors && entries == count("entries"),
        "Books of generation %d do not balance: %,d vectors%s, %,d entries in %d shards",
        number(),
        vectors,
        those.leftOut().isEmpty()
            ? ""
            : String.format(Locale.ROOT, " beside %,d that are left out", those.duplicates(store)),
        entries,
        layer.units().size());
  }

  private Optional<String> graph() {
    long entries = generation().entries(store);
    long rows = layer.rows(TableKind.GRAPHS.rows());
    return unless(
        rows == entries && rows == count("images"),
        "Books of the k-NN graph of %s do not balance: %,d entries, %,d rows of %,d images",
        generation().title(),
        entries,
        rows,
        count("images"));
  }

  private Optional<String> duplicates() {
    long entries = generation().entries(store);
    long rows = layer.rows(TableKind.DUPLICATES.rows());
    return unless(
        rows == count("groups") + count("duplicates") && rows <= entries,
        "Books of the duplicates of %s do not balance: %,d entries, %,d rows, %,d groups, %,d"
            + " duplicates",
        generation().title(),
        entries,
        rows,
        count("groups"),
        count("duplicates"));
  }

  private Optional<String> labels() {
    long rows = layer.rows(TableKind.CLEANED.rows());
    long counted = layer.counts().values().stream().mapToLong(Long::longValue).sum();
    return unless(
        rows == counted,
        "Books of the cleaned labels of %s do not balance: %,d rows, %,d counted by their reasons",
        generation().title(),
        rows,
        counted);
  }

  private Optional<String> prepared() {
    long entries = generation().entries(store);
    TableKind kind = id.table().kind();
    long rows = layer.rows(kind.rows());
    return unless(
        rows == entries && rows == count("images"),
        "Books of the %s of %s do not balance: %,d entries, %,d rows of %,d images",
        kind == TableKind.FLOWS ? "flows" : "augmented vectors",
        generation().title(),
        entries,
        rows,
        count("images"));
  }

  /** The one that a layer is named after. */
  private Generation generation() {
    return Generation.of(store, layer.inputs().index(), layer.inputs().generation());
  }

  /** Counts the rows that the merged layers have together once more, from their headers. */
  private Optional<String> merged() {
    LayerChain sources = new LayerChain(layer.inputs().layers());
    NumberedTable table = new NumberedTable(id.table(), number(), Tables.dimension(store, id));
    for (String rows : table.kind().layered()) {
      long expected = mergedRows(context, sources, layer.layer(), table, rows);
      if (layer.rows(rows) != expected) {
        return unless(
            false,
            "Books of %s do not balance: the merged layers have %,d %s, the new one %,d",
            layer.layer(),
            expected,
            rows,
            layer.rows(rows));
      }
    }
    return Optional.empty();
  }

  /**
   * How many rows layers have that are written as one: their deletes count where something lies
   * below, and in tables that keep them.
   *
   * @param into the new layer
   * @param rows their name
   */
  public static long mergedRows(
      JobContext context, LayerChain sources, String into, NumberedTable table, String rows) {
    TableKind kind = table.kind();
    int dimension = table.dimension();
    RowCounter.Format format = () -> kind.layered(rows, dimension);
    return into.endsWith(LayerChain.COMPACTED) && !kind.keepsDeletes()
        ? RowCounter.puts(context, sources, format)
        : RowCounter.changes(context, sources, format);
  }
}
