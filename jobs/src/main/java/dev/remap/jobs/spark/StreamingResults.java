package dev.remap.jobs.spark;

import java.io.Serializable;
import java.util.List;
import java.util.function.Consumer;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaRDD;
import scala.Function2;
import scala.collection.Iterator;
import scala.collection.immutable.Seq;
import scala.jdk.javaapi.CollectionConverters;
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
    Seq<Object> numbers =
        CollectionConverters.asScala(parts.stream().map(part -> (Object) part).toList()).toSeq();
    rdd.context().runJob(rdd.rdd(), only, numbers, arrives, ClassTag$.MODULE$.apply(Object.class));
  }
}
