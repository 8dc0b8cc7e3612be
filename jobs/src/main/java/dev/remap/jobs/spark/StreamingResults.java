package dev.remap.jobs.spark;

import java.io.Serializable;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.rdd.PartitionPruningRDD;
import org.apache.spark.rdd.RDD;
import scala.Function1;
import scala.Function2;
import scala.collection.Iterator;
import scala.reflect.ClassTag;
import scala.reflect.ClassTag$;
import scala.runtime.BoxedUnit;

/** The elements of an RDD as they arrive: unlike a collection of all, none is kept by Spark. */
final class StreamingResults {
  private StreamingResults() {}

  /**
   * Runs an RDD with one element in each partition.
   *
   * @param parts the partitions that are run
   * @param each is given one at a time, in any order
   */
  static <T extends Serializable> void each(JavaRDD<T> rdd, List<Integer> parts, Consumer<T> each) {
    Function2<TaskContext, Iterator<T>, T> only =
        (Function2<TaskContext, Iterator<T>, T> & Serializable)
            (context, partition) -> partition.next();
    Function2<Object, T, BoxedUnit> arrives =
        (partition, element) -> {
          each.accept(element);
          return BoxedUnit.UNIT;
        };
    ClassTag<T> tag = ClassTag$.MODULE$.apply(Object.class);
    rdd.context().runJob(some(rdd, parts, tag), only, arrives, tag);
  }

  /**
   * A job on some partitions takes a sequence of Scala's, of another type in each of its versions.
   */
  private static <T> RDD<T> some(JavaRDD<T> rdd, List<Integer> parts, ClassTag<T> tag) {
    Set<Object> wanted = Set.copyOf(parts);
    Function1<Object, Object> isWanted =
        (Function1<Object, Object> & Serializable) part -> wanted.contains(part);
    return new PartitionPruningRDD<>(rdd.rdd(), isWanted, tag);
  }
}
