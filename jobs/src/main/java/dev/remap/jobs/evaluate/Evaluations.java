package dev.remap.jobs.evaluate;

import dev.remap.index.shard.SearchResult;
import dev.remap.jobs.run.JobContext;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.Set;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/** What evaluations share: per-query results as Parquet, and how scores are counted and printed. */
final class Evaluations {
  private Evaluations() {}

  /** Share of the exact search's first {@code k} that the other result has among its first k. */
  static double overlap(SearchResult found, SearchResult exact, int query, int k) {
    Set<Long> truth = new HashSet<>();
    exact.neighbors(query).stream().limit(k).forEach(neighbor -> truth.add(neighbor.key()));
    long hits =
        found.neighbors(query).stream().limit(k).filter(n -> truth.contains(n.key())).count();
    return truth.isEmpty() ? 1 : (double) hits / truth.size();
  }

  static String score(OptionalDouble mean) {
    return mean.isEmpty() ? "–" : String.format(Locale.ROOT, "%.3f", mean.getAsDouble());
  }

  /**
   * Writes records of strings, ints, longs, doubles and lists of ints as a Parquet folder with
   * their component names as columns.
   */
  static <R extends Record> void write(
      JobContext context, List<R> rows, Class<R> type, String path) {
    List<StructField> fields = new ArrayList<>();
    for (RecordComponent component : type.getRecordComponents()) {
      fields.add(
          DataTypes.createStructField(
              component.getName().replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT),
              columnType(component.getType()),
              false));
    }
    StructType schema = DataTypes.createStructType(fields);
    List<Row> table = rows.stream().map(Evaluations::row).toList();
    context.session().createDataFrame(table, schema).coalesce(1).write().parquet(path);
  }

  private static DataType columnType(Class<?> type) {
    if (type == int.class) {
      return DataTypes.IntegerType;
    }
    if (type == long.class) {
      return DataTypes.LongType;
    }
    if (type == List.class) {
      return DataTypes.createArrayType(DataTypes.IntegerType, false);
    }
    return type == double.class ? DataTypes.DoubleType : DataTypes.StringType;
  }

  private static Row row(Record entry) {
    return RowFactory.create(
        Arrays.stream(entry.getClass().getRecordComponents())
            .map(component -> value(component, entry))
            .toArray());
  }

  private static Object value(RecordComponent component, Record entry) {
    try {
      return component.getAccessor().invoke(entry);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("A public record's accessor can be called", e);
    }
  }
}
