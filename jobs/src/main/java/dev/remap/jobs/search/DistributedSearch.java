package dev.remap.jobs.search;

import dev.remap.jobs.store.LookAhead;
import java.io.Serializable;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.apache.spark.Partitioner;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.util.TaskCompletionListener;
import scala.Tuple2;

/**
 * Searches all parts for all queries: blocks go to the parts (one shuffle), and results of one
 * block meet again (the other). No query passes through the driver.
 */
public final class DistributedSearch {
  /** A task opens its part anew, which for a shard of some GB takes as long as so many queries. */
  static final int LEAST_QUERIES = 2_000;

  /** Numbers of the queries that a task searches for together, and of what they find. */
  private static final int NUMBERS_AT_ONCE = 1 << 22;

  private DistributedSearch() {}

  /**
   * The best {@code k} of every query over all parts of {@code searcher}, one element per block.
   * Counts the queries at once, so keep blocks that are dear to make.
   *
   * @param parallelism tasks wanted; a part with thousands of queries is searched by several
   */
  public static JavaRDD<Neighbors> run(
      JavaRDD<QueryBlock> blocks, Searcher searcher, int k, int parallelism) {
    return run(blocks, searcher, k, parallelism, LEAST_QUERIES);
  }

  /**
   * Searches all parts with all blocks, several tasks to a part where there are many queries.
   *
   * @param least queries of a task, where a part is searched by several
   */
  static JavaRDD<Neighbors> run(
      JavaRDD<QueryBlock> blocks, Searcher searcher, int k, int parallelism, int least) {
    return byPart(blocks, searcher, k, parallelism, least).reduceByKey(Neighbors::merge).values();
  }

  /**
   * What each block finds in each part, by a number of the block.
   *
   * @param k {@link Searcher#ALL}: whole parts, where results of one part are as long as it
   */
  static JavaPairRDD<Long, Neighbors> byPart(
      JavaRDD<QueryBlock> blocks, Searcher searcher, int k, int parallelism, int least) {
    int parts = searcher.parts();
    long queries = blocks.map(block -> (long) block.size()).fold(0L, Long::sum);
    int splits = (int) Math.max(1, Math.min(parallelism / Math.max(1, parts), queries / least));
    return blocks
        .zipWithUniqueId()
        .mapPartitionsToPair(of -> cells(of, searcher))
        .partitionBy(new ByPart(parts, splits))
        .mapPartitionsToPair(rows -> new PartScan(searcher, rows, k));
  }

  /** Made one block after the other: what routes them is opened once for a task. */
  private static Iterator<Tuple2<Cell, Asked>> cells(
      Iterator<Tuple2<QueryBlock, Long>> blocks, Searcher searcher) {
    if (!blocks.hasNext()) {
      return Collections.emptyIterator();
    }
    Router router = searcher.router();
    TaskCompletionListener closing = context -> router.close();
    TaskContext.get().addTaskCompletionListener(closing);
    Deque<Tuple2<Cell, Asked>> cells = new ArrayDeque<>();
    return new LookAhead<>() {
      @Override
      protected Tuple2<Cell, Asked> find() {
        while (cells.isEmpty() && blocks.hasNext()) {
          Tuple2<QueryBlock, Long> block = blocks.next();
          Optional<int[][]> routes = router.rows(block._1());
          for (int part = 0; part < searcher.parts(); part++) {
            Cell cell = new Cell(part, block._2());
            Asked.of(block._1(), part, routes)
                .map(it -> new Tuple2<>(cell, it))
                .ifPresent(cells::add);
          }
        }
        return cells.poll();
      }
    };
  }

  private record Cell(int part, long block) implements Serializable {}

  /** Searches one part for the blocks of one task, many together, and closes it with the task. */
  private static final class PartScan implements Iterator<Tuple2<Long, Neighbors>> {
    private final Searcher searcher;
    private final Iterator<Tuple2<Cell, Asked>> cells;
    private final int k;
    private final Deque<Tuple2<Long, Neighbors>> found = new ArrayDeque<>();
    private Searcher.Part part;

    PartScan(Searcher searcher, Iterator<Tuple2<Cell, Asked>> cells, int k) {
      this.searcher = searcher;
      this.cells = cells;
      this.k = k;
    }

    @Override
    public boolean hasNext() {
      return !found.isEmpty() || cells.hasNext();
    }

    @Override
    public Tuple2<Long, Neighbors> next() {
      if (found.isEmpty()) {
        searchNext();
      }
      return found.remove();
    }

    private void searchNext() {
      Tuple2<Cell, Asked> cell = cells.next();
      Searcher.Part searched = opened(cell._1().part());
      int wanted = k == Searcher.ALL ? Math.max(1, searched.entries()) : k;
      List<Tuple2<Cell, Asked>> together = new ArrayList<>(List.of(cell));
      long numbers = numbers(cell, wanted);
      while (numbers < NUMBERS_AT_ONCE && cells.hasNext()) {
        cell = cells.next();
        together.add(cell);
        numbers += numbers(cell, wanted);
      }
      QueryBlock all = QueryBlock.joined(together.stream().map(it -> it._2().block()).toList());
      Neighbors neighbors = searched.search(all, wanted);
      int from = 0;
      for (Tuple2<Cell, Asked> it : together) {
        int to = from + it._2().block().size();
        Neighbors some = it._2().ofWhole(neighbors.rows(from, to));
        found.add(new Tuple2<>(it._1().block(), some));
        from = to;
      }
    }

    private static long numbers(Tuple2<Cell, Asked> cell, int k) {
      QueryBlock block = cell._2().block();
      return block.vectors().length + 3L * k * block.size();
    }

    private Searcher.Part opened(int number) {
      if (part == null) {
        part = searcher.open(number);
        TaskCompletionListener closing = context -> part.close();
        TaskContext.get().addTaskCompletionListener(closing);
      }
      return part;
    }
  }

  /** Blocks of one part share tasks, so that an executor opens few parts. */
  private static final class ByPart extends Partitioner {
    private static final long serialVersionUID = 1;
    private final int parts;
    private final int splits;

    ByPart(int parts, int splits) {
      this.parts = parts;
      this.splits = splits;
    }

    @Override
    public int numPartitions() {
      return Math.max(1, parts * splits);
    }

    @Override
    public int getPartition(Object key) {
      Cell cell = (Cell) key;
      return cell.part() * splits + (int) (cell.block() % splits);
    }
  }
}
