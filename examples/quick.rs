use wiretag::*;
fn main(){
  let t=std::time::Instant::now();
  let g=match Gazetteer::builtin(){Ok(g)=>g,Err(e)=>{println!("{e}");return}};
  println!("{} entries {} aliases {:?} {} bytes", g.entry_count(), g.alias_count(), t.elapsed(), g.memory());
  let a=Annotator::builder().build(g).unwrap();
  for line in std::io::stdin().lines(){
    let d=Document::new("x",line.unwrap());
    for f in a.annotate(&d){ print!("[{}|{}] ", &d.text()[f.span.range()], f.label);} println!();
  }
}
