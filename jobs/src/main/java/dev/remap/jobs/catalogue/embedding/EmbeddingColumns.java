package dev.remap.jobs.catalogue.embedding;

import dev.remap.jobs.catalogue.parquet.ParquetVectors;
import dev.remap.jobs.catalogue.table.TableColumns;
import dev.remap.jobs.config.InputException;
import java.io.Serializable;
import java.util.List;
import java.util.Optional;

/**
 * Which columns of a table have vectors and their ids.
 *
 * @param vector names the vectors' column; blank: it is known by its name, or the only one
 * @param columns the settings {@code catalogue.columns}
 */
record EmbeddingColumns(String vector, TableColumns columns) implements Serializable {
  private static final List<String> KNOWN =
      List.of(
          "embedding",
          "embeddings",
          "vector",
          "image_embedding",
          "emb",
          "feature",
          "features",
          "descriptor");

  /** What clip-retrieval and img2dataset call an image, where there is no id. */
  private static final List<String> NAMES = List.of("image_path", "url");

  /** The columns of a table that has vectors in it. */
  ParquetVectors.Columns in(List<String> vectors, List<String> others, String table) {
    String chosen = vector.isEmpty() ? known(vectors, table) : vector;
    if (!vector.isEmpty() && !vectors.contains(vector)) {
      throw new InputException(
          "Table %s has no vectors in a column %s, which embeddings.column names; those that may"
              + " hold some are: %s",
          table, vector, TableColumns.listed(vectors));
    }
    List<String> rest = others.stream().filter(name -> !name.equals(chosen)).toList();
    String version =
        columns.version().isEmpty()
            ? null
            : new TableColumns.Role("version", List.of("version"), List.of(), "versions")
                .in(rest, columns.version(), table)
                .orElse(null);
    return new ParquetVectors.Columns(chosen, id(rest, table), version);
  }

  private static String known(List<String> vectors, String table) {
    List<String> found = vectors.stream().filter(KNOWN::contains).toList();
    List<String> chosen = found.isEmpty() ? vectors : found;
    if (chosen.size() == 1) {
      return chosen.get(0);
    }
    throw new InputException(
        "Table %s has %s: name one with --set embeddings.column=NAME",
        table,
        chosen.isEmpty()
            ? "no column with lists of numbers"
            : "several columns that may hold its vectors: " + String.join(", ", chosen));
  }

  /** The column of the ids; null where the row's number is the id. */
  String id(List<String> names, String table) {
    if (columns.id().equals(TableColumns.ROW_NUMBER)) {
      return null;
    }
    Optional<String> found = TableColumns.ID.in(names, columns.id(), table);
    return found
        .or(() -> NAMES.stream().filter(names::contains).findFirst())
        .orElseThrow(
            () ->
                TableColumns.ID.missing(
                    names,
                    table,
                    ", or take the rows' numbers with --set catalogue.columns.id="
                        + TableColumns.ROW_NUMBER));
  }
}
