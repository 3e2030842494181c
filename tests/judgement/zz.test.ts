import {it,expect} from 'vitest';
import {SmallWorld} from '../support/world.ts';
it('x', async()=>{
 let t=Date.now();
 for(let i=0;i<5;i++){
 const w=await SmallWorld.create(); console.log('create',Date.now()-t);t=Date.now();
 const u=w.units(2); w.deliver(u,'clinicA'); w.administer('clinicA',u[0]!); w.retire('clinicA',u[0]!);
 console.log(await w.said(-1), Date.now()-t);t=Date.now();
 console.log((await w.check(w.label(u[1]!))).word,Date.now()-t);t=Date.now();
 }
});
