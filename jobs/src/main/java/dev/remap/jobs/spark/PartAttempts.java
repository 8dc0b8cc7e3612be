package dev.remap.jobs.spark;

import java.io.Serializable;
import java.util.Iterator;
import java.util.function.Supplier;
import org.apache.spark.Partition;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.rdd.RDD;
import scala.collection.Iterator$;
import scala.reflect.ClassTag;
import scala.reflect.ClassTag$;

/**
 * What an attempt at each partition of another RDD comes to. The partition's rows are made inside
 * the attempt, which so meets what fails in making them; Spark's own functions are only called when
 * they are there.
 */
final class PartAttempts<T, R> extends RDD<R> {
  private static final long serialVersionUID = 1;

  private final Attempt<T, R> attempt;

  /** An attempt at one partition. */
  @FunctionalInterface
  interface Attempt<T, R> extends Serializable {
    R run(int part, Supplier<Iterator<T>> rows) throws Exception;
  }

  private PartAttempts(RDD<T> rows, Attempt<T, R> attempt) {
    super(rows, ClassTag$.MODULE$.<R>apply(Object.class));
    this.attempt = attempt;
  }

  static <T, R> JavaRDD<R> over(JavaRDD<T> rows, Attempt<T, R> attempt) {
    return new PartAttempts<>(rows.rdd(), attempt).toJavaRDD();
  }

  private RDD<T> rows() {
    ClassTag<T> tag = ClassTag$.MODULE$.apply(Object.class);
    return firstParent(tag);
  }

  @Override
  public Partition[] getPartitions() {
    return rows().partitions();
  }

  @Override
  public scala.collection.Iterator<R> compute(Partition split, TaskContext context) {
    Supplier<Iterator<T>> rows = () -> asJava(rows().iterator(split, context));
    try {
      return Iterator$.MODULE$.single(attempt.run(split.index(), rows));
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw sneaky(e);
    }
  }

  /** Scala's own converters are others in each of its versions. */
  private static <T> Iterator<T> asJava(scala.collection.Iterator<T> rows) {
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return rows.hasNext();
      }

      @Override
      public T next() {
        return rows.next();
      }
    };
  }

  /** Spark looks at the class of what a task throws, and its methods declare nothing. */
  @SuppressWarnings("unchecked")
  private static <E extends Exception> RuntimeException sneaky(Exception e) throws E {
    throw (E) e;
  }
}
