package dev.remap.jobs.catalogue.parquet;

import dev.remap.jobs.catalogue.table.TableBytes;
import java.io.IOException;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.ColumnReader;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.DecimalLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.EnumLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.IntLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.JsonLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.StringLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.UUIDLogicalTypeAnnotation;
import org.apache.parquet.schema.PrimitiveType;

/** Values of Parquet as texts: exactly as they were written, whatever their type. */
final class ParquetText {
  private ParquetText() {}

  /** The value that the column is at. */
  static String of(ColumnReader values, PrimitiveType type) throws IOException {
    return switch (type.getPrimitiveTypeName()) {
      case BOOLEAN -> type.stringifier().stringify(values.getBoolean());
      case INT32 -> type.stringifier().stringify(values.getInteger());
      case INT64 -> type.stringifier().stringify(values.getLong());
      case FLOAT -> type.stringifier().stringify(values.getFloat());
      case DOUBLE -> type.stringifier().stringify(values.getDouble());
      case BINARY, FIXED_LEN_BYTE_ARRAY, INT96 -> text(values.getBinary(), type);
    };
  }

  private static String text(Binary value, PrimitiveType type) throws IOException {
    return isText(type)
        ? TableBytes.utf8(value.toByteBuffer())
        : type.stringifier().stringify(value);
  }

  /** Whether values are texts: what carries no other meaning is taken for UTF-8. */
  static boolean isText(PrimitiveType type) {
    LogicalTypeAnnotation meaning = type.getLogicalTypeAnnotation();
    return isBytes(type)
        && (meaning == null
            || meaning instanceof StringLogicalTypeAnnotation
            || meaning instanceof EnumLogicalTypeAnnotation
            || meaning instanceof JsonLogicalTypeAnnotation);
  }

  private static boolean isBytes(PrimitiveType type) {
    return switch (type.getPrimitiveTypeName()) {
      case BINARY, FIXED_LEN_BYTE_ARRAY -> true;
      default -> false;
    };
  }

  /** Whether equal values have one text and no digits are lost: texts, whole numbers, UUIDs. */
  static boolean isExact(PrimitiveType type) {
    LogicalTypeAnnotation meaning = type.getLogicalTypeAnnotation();
    if (meaning instanceof DecimalLogicalTypeAnnotation decimal) {
      return decimal.getScale() == 0;
    }
    return switch (type.getPrimitiveTypeName()) {
      case INT32, INT64 -> meaning == null || meaning instanceof IntLogicalTypeAnnotation;
      default -> isText(type) || meaning instanceof UUIDLogicalTypeAnnotation;
    };
  }

  /** A value in a dictionary takes at least so many bytes. */
  static int leastBytes(ColumnDescriptor column) {
    PrimitiveType type = column.getPrimitiveType();
    return switch (type.getPrimitiveTypeName()) {
      case FIXED_LEN_BYTE_ARRAY -> type.getTypeLength();
      default -> Integer.BYTES;
    };
  }
}
